import { setTimeout as sleep } from 'node:timers/promises';
import { tierTimer } from '../src/domain/escalation.ts';
import { timerDecision } from '../src/domain/timer-decision.ts';
import type { Store } from '../src/engine/ports.ts';
import { startTimers } from '../src/engine/timers.ts';
import { declared } from '../test/support/incident.ts';
import { createDelayedJobs } from './compared/delayed-jobs.ts';
import type { Figure } from './figure.ts';
import { execute, storeDatabase } from './support/database.ts';
import { createEngine } from './support/engine.ts';
import { percentile } from './support/statistics.ts';

/** Machine milliseconds. */
const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** Until the first is due: all rows are there by then. */
const LEAD = 15 * SECOND;

/** How late durable timers fire when many are pending, one after another to a tenth of them due within the measurement. */
export const timers: Figure = async ({ quick }) => {
  const incidents = quick ? 10 : 100;
  const tiers = quick ? 20 : 100;
  const window = (quick ? 2 : 10) * SECOND;
  const pending = incidents * tiers;
  const connectionString = await storeDatabase();
  const engine = await createEngine(connectionString);
  const { store, parts } = engine;
  const delayed = await createDelayedJobs();
  const firstDue = Date.now() + LEAD;
  // A tenth of the timers within the window, evenly; the others hours later.
  const due = pending / 10;
  const dueAt = Array.from({ length: pending }, (_, index) =>
    index % 10 === 0 ? firstDue + Math.round((index / pending) * window) : firstDue + HOUR + index * SECOND,
  );
  for (let one = 0; one < incidents; one++) {
    await openWithTiers(
      store,
      one,
      dueAt.filter((_, index) => index % incidents === one),
      firstDue,
    );
  }
  await delayed.add(dueAt);
  if (Date.now() > firstDue) throw new Error('The timers took longer to arm than until the first is due.');
  const { clock, changes, logger } = parts;
  const running = startTimers({ timers: store.timers, changes, clock, decide: timerDecision, logger });
  await sleep(firstDue + window + 3 * SECOND - Date.now());
  await running.close();

  const fired = await execute<{ late: number }>(
    connectionString,
    `select extract(epoch from entry.recorded_at)::float8 * 1000 - timer.due_at as late
       from lifeboat.timers timer
       join lifeboat.journal entry on entry.incident = timer.incident and entry.type = 'escalation.reached'
        and (entry.body::json->>'tier')::int = (timer.data->>'tier')::int`,
  );
  const jobs = [...delayed.lateness()];
  await Promise.all([engine.close(), delayed.close()]);
  if (fired.length !== due || jobs.length !== due) {
    throw new Error(`${due} timers were due, ${fired.length} fired; of as many delayed jobs ${jobs.length} ran.`);
  }
  const late = percentile(
    fired.map((row) => row.late),
    0.99,
  );
  const jobsLate = percentile(jobs, 0.99);
  return [
    {
      what: `lateness of a timer, p99 of ${due}, with ${pending} pending`,
      measured: `${late.toFixed(0)} ms`,
      against: `a delayed BullMQ job ${jobsLate.toFixed(0)} ms`,
      ratio: late / jobsLate,
      goal: '≤ 1 s',
      isMet: late <= SECOND,
    },
  ];
};

/** An incident whose tiers are due at these times (epoch milliseconds), each with its timer. */
async function openWithTiers(
  store: Store,
  number: number,
  dueAt: readonly number[],
  detectedAt: number,
): Promise<void> {
  const system = `timers-${number}`;
  const tiers = dueAt.map((due, index) => ({
    tier: index + 1,
    afterSeconds: (due - detectedAt) / SECOND,
    action: 'Page somebody',
    contact: 'on call',
  }));
  await store.journal.open(system, Date.now(), (incident) => ({
    events: [{ ...declared, system, detectedAt, tiers }],
    arm: dueAt.map((due, index) => tierTimer(incident, { tier: index + 1, dueAt: due })),
  }));
}
