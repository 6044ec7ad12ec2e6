import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startReconciler } from '../src/engine/reconciler.ts';
import { createRunner } from '../src/engine/runner.ts';
import { createRawPair } from './compared/raw-pair.ts';
import type { Figure } from './figure.ts';
import { storeDatabase } from './support/database.ts';
import { assertAllDone, createEngine, type Engine, noOpSteps } from './support/engine.ts';
import { percentile, timed } from './support/statistics.ts';

const STEPS = 20;
const MEGABYTE = 2 ** 20;
/** Machine milliseconds between two looks at the memory. */
const LOOK = 20;

/** What one worker needs for many runs at once. */
export const runs: Figure = async ({ quick }) => {
  const count = quick ? 50 : 500;
  const engine = await createEngine(await storeDatabase());
  const pair = await createRawPair();
  const incidents: string[] = [];
  for (let one = 0; one < count; one++) incidents.push(await engine.begin(noOpSteps(STEPS, 2)));
  const bare = await watched(() => pair.run(count * STEPS, count));

  const driven = await watched(() => driveAll(engine, incidents));

  for (const incident of incidents) await assertAllDone(engine.store, incident);
  await Promise.all([engine.close(), pair.close()]);
  const what = `${count} runs of ${STEPS} steps at once on one worker, all finished`;
  const each = (milliseconds: number) => milliseconds / (count * STEPS);
  return [
    {
      what: `${what}: a step`,
      measured: `${each(driven.milliseconds).toFixed(2)} ms`,
      against: `a bare pair of inserts ${each(bare.milliseconds).toFixed(2)} ms`,
      ratio: driven.milliseconds / bare.milliseconds,
    },
    {
      what: `${what}: resident memory`,
      measured: `${driven.megabytes.toFixed(0)} MB`,
      against: `the inserts alone ${bare.megabytes.toFixed(0)} MB`,
      ratio: driven.megabytes / bare.megabytes,
      goal: '< 400 MB',
      isMet: driven.megabytes < 400,
    },
    {
      what: `${what}: event loop delay, p99`,
      measured: `${driven.delay.toFixed(1)} ms`,
      against: `the inserts alone ${bare.delay.toFixed(1)} ms`,
      ratio: driven.delay / bare.delay,
      goal: '< 50 ms',
      isMet: driven.delay < 50,
    },
  ];
};

/** As a worker of the product does it: each is woken once, and the reconciler finds those that stand still. */
async function driveAll({ store, parts }: Engine, incidents: readonly string[]): Promise<void> {
  const runner = createRunner(parts);
  const reconciler = startReconciler({ journal: store.journal, runner, logger: parts.logger });
  await Promise.all(
    incidents.map(async (incident) => {
      do await runner.advance(incident);
      while ((await store.journal.state(incident))?.run?.status !== 'finished');
    }),
  );
  reconciler.close();
  await runner.close();
}

/** How long `work` takes (machine milliseconds), the most memory it has, and the event loop's delay (p99, milliseconds). */
async function watched(
  work: () => Promise<unknown>,
): Promise<{ milliseconds: number; megabytes: number; delay: number }> {
  const memory: number[] = [];
  const look = () => memory.push(process.memoryUsage.rss() / MEGABYTE);
  const timer = setInterval(look, LOOK);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const milliseconds = await timed(work);
  delay.disable();
  clearInterval(timer);
  look();
  return { milliseconds, megabytes: percentile(memory, 1), delay: delay.percentile(99) / 1e6 };
}
