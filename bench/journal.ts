import type { IncidentEvent } from '../src/domain/events.ts';
import type { Figure, Row } from './figure.ts';
import { storeDatabase } from './support/database.ts';
import { assertAllDone, createEngine, type Engine, noOpSteps } from './support/engine.ts';
import { interleaved, median, medianRatio, timed } from './support/statistics.ts';

const STEPS = 100;
const BATCH = 500;
/** Decisions that are timed at once. */
const DECISIONS = 100;

/** What a journal costs that has grown: for the process that drives the run, and for one that takes it up. */
export const journal: Figure = async ({ quick }) => {
  const [short, middle, long] = quick ? [100, 300, 1000] : [100, 1000, 10_000];
  const connectionString = await storeDatabase();
  const engine = await createEngine(connectionString);
  const rounds = quick ? 2 : 9;
  const over = <T>(measure: (events: number) => Promise<T>) =>
    interleaved({ short: () => measure(short), middle: () => measure(middle), long: () => measure(long) }, rounds);
  const rows = (what: string, each: Awaited<ReturnType<typeof over<number>>>, most?: number): Row[] =>
    (['middle', 'long'] as const).map((name) => {
      const ratio = medianRatio(each[name], each.short);
      return {
        what: `${what}, ${name === 'long' ? long : middle} events`,
        measured: `${median(each[name]).toFixed(2)} ms`,
        against: `${short} events ${median(each.short).toFixed(2)} ms`,
        ratio,
        ...(most !== undefined ? { goal: `flat (≤ ${most.toFixed(2)})`, isMet: ratio <= most } : {}),
      };
    });

  // Once without counting: code is compiled, connections are made.
  await engine.advance(await grown(engine, short));
  const driven = await over(async (events) => {
    const incident = await grown(engine, events);
    const milliseconds = await timed(() => engine.advance(incident));
    await assertAllDone(engine.store, incident);
    return milliseconds;
  });
  const subjects = {
    [short]: await grown(engine, short),
    [middle]: await grown(engine, middle),
    [long]: await grown(engine, long),
  };
  const decided = await over(async (events) => {
    const incident = subjects[events] ?? '';
    const decisions = async () => {
      for (let one = 0; one < DECISIONS; one++) {
        await engine.store.journal.decide(incident, Date.now(), ({ sequence }) => ({
          events: [reminder(incident, sequence)],
        }));
      }
    };
    return (await timed(decisions)) / DECISIONS;
  });
  const takenUp = await over(async (events) => {
    const incident = await grown(engine, events);
    const fresh = await createEngine(connectionString, `fresh/${incident}`);
    const milliseconds = await timed(() => fresh.advance(incident));
    await fresh.close();
    return milliseconds;
  });
  await engine.close();
  return [
    ...rows(`advance over ${STEPS} steps`, driven, 1.25),
    ...rows('one decision', decided, 1.25),
    ...rows(`advance in a process that has not seen the incident`, takenUp),
  ];
};

/** An incident whose run has just started and whose journal has so many events. */
async function grown({ store, begin }: Engine, events: number): Promise<string> {
  const incident = await begin(noOpSteps(STEPS, 2));
  for (let sequence = (await store.journal.state(incident))?.sequence ?? 0; sequence < events; ) {
    const batch = Math.min(BATCH, events - sequence);
    const added = Array.from({ length: batch }, (_, index) => reminder(incident, sequence + index));
    ({ sequence } = (await store.journal.decide(incident, Date.now(), () => ({ events: added }))).state);
  }
  return incident;
}

/** The kind of event that a long incident has many of: something was said again. */
function reminder(incident: string, count: number): IncidentEvent {
  return { type: 'plan.reminded', planId: `${incident}.p1`, count };
}
