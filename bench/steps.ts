import { createRawJobs } from './compared/bullmq.ts';
import { createDbosWorkflow } from './compared/dbos.ts';
import { createRawPair } from './compared/raw-pair.ts';
import type { Figure, Row } from './figure.ts';
import { storeDatabase } from './support/database.ts';
import { assertAllDone, createEngine, noOpSteps } from './support/engine.ts';
import { interleaved, median, medianRatio, timed } from './support/statistics.ts';

const WIDE = 100;

/** What a step costs that does nothing: in a run of Lifeboat, and in what one could have used instead. */
export const steps: Figure = async ({ quick }) => {
  const count = quick ? 200 : 1000;
  const rounds = quick ? 1 : 3;
  const engine = await createEngine(await storeDatabase());
  const pair = await createRawPair();
  const jobs = await createRawJobs();
  const workflow = await createDbosWorkflow();
  const lifeboat = async (width: number) => {
    const incident = await engine.begin(noOpSteps(count, width));
    const milliseconds = await timed(() => engine.advance(incident));
    await assertAllDone(engine.store, incident);
    return milliseconds / count;
  };
  const measure = async (name: string, width: number): Promise<Row[]> => {
    const each = await interleaved(
      {
        lifeboat: () => lifeboat(width),
        pair: async () => (await timed(() => pair.run(count, width))) / count,
        jobs: async () => (await timed(() => jobs.run(count, width))) / count,
        workflow: async () => (await timed(() => workflow.run(count, width))) / count,
      },
      rounds,
    );
    const row = (than: Exclude<keyof typeof each, 'lifeboat'>, words: string, most?: number): Row => {
      const ratio = medianRatio(each.lifeboat, each[than]);
      return {
        what: `a step that does nothing, ${count} of them ${name}`,
        measured: `${median(each.lifeboat).toFixed(2)} ms`,
        against: `${words} ${median(each[than]).toFixed(2)} ms`,
        ratio,
        ...(most === undefined ? {} : { goal: `≤ ${most.toFixed(1)} ×`, isMet: ratio <= most }),
      };
    };
    return [
      row('pair', 'a bare pair of inserts', 2),
      row('workflow', 'a DBOS step', 1),
      row('jobs', 'a BullMQ job on PostgreSQL'),
    ];
  };
  // Each once without counting: connections are made, tables read, code compiled.
  await lifeboat(WIDE);
  await pair.run(WIDE, WIDE);
  await jobs.run(WIDE, WIDE);
  await workflow.run(WIDE, WIDE);
  const rows = [...(await measure('in order', 1)), ...(await measure(`${WIDE} wide`, WIDE))];
  await Promise.all([engine.close(), pair.close(), jobs.close(), workflow.close()]);
  return rows;
};
