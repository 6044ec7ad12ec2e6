import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createWorldClock, type WorldClock } from '../../src/domain/clock.ts';
import { type ChangeHub, createChangeHub } from '../../src/engine/change-hub.ts';
import { startTimers } from '../../src/engine/timers.ts';
import { type Bench, createBench, declared, eventually, NOON, planFailed } from '../store/support.ts';
import { silent } from '../support/engine.ts';

let bench: Bench;
let changes: ChangeHub;
let incident: string;
let clock: WorldClock;
let armed = 0;

beforeAll(async () => {
  bench = await createBench();
  changes = await createChangeHub(bench.store.journal);
  await bench.store.journal.open('chatbot', NOON, (id) => {
    incident = id;
    return { events: [declared()] };
  });
});
afterAll(async () => {
  await changes.close();
  await bench.close();
});
beforeEach(() => {
  clock = createWorldClock({ machine: Date.now(), world: NOON, speed: 1 });
});

/** Arms a timer that is due `seconds` of world time from now; its firing appends its id. */
async function arm(seconds: number): Promise<{ id: string; dueAt: number }> {
  armed += 1;
  const timer = { id: `timer/${armed}`, dueAt: Math.ceil(clock.now() + seconds * 1000) };
  const data = { tier: 1 };
  await bench.store.journal.decide(incident, clock.now(), () => ({
    events: [],
    arm: [{ ...timer, kind: 'tier', data }],
  }));
  return timer;
}

/** Every firing so far; with how often the timers were read. */
function start() {
  let reads = 0;
  const timers = {
    ...bench.store.timers,
    nextDueAt() {
      reads += 1;
      return bench.store.timers.nextDueAt();
    },
  };
  const parts = { timers, changes, clock, decide: ({ id }: { id: string }) => planFailed(id), logger: silent };
  return { ...startTimers(parts), reads: () => reads };
}

async function firings(id: string): Promise<number[]> {
  const entries = await bench.store.journal.read(incident);
  return entries.flatMap(({ at, event }) => (event.type === 'plan.failed' && event.planId === id ? [at] : []));
}

async function firing(id: string): Promise<number> {
  let at: number | undefined;
  await eventually(`${id} fires`, async () => {
    [at] = await firings(id);
    return at !== undefined;
  });
  return at ?? 0;
}

it('fires when the world has come so far, though its speed changed after the timer was armed', async () => {
  const { id, dueAt } = await arm(600);
  const timers = start();
  try {
    clock.setSpeed(1200);

    const at = await firing(id);

    expect(at).toBeGreaterThanOrEqual(dueAt);
    expect(await firings(id)).toHaveLength(1);
  } finally {
    await timers.close();
  }
});

it('waits in a pause without asking the database again and again, and fires once after it', async () => {
  clock.setSpeed(0);
  const { id, dueAt } = await arm(0.001);
  const other = await arm(0);
  const timers = start();
  try {
    // Due now, in the pause: that has nothing to wait for.
    await firing(other.id);
    const readsBefore = timers.reads();
    // Each change of the journal is one reason to read.
    for (let change = 1; change <= 5; change++) {
      await bench.store.journal.decide(incident, clock.now(), () => planFailed(`change ${change}`));
      await eventually('the timers are read', () => timers.reads() >= readsBefore + change);
    }
    const during = await firings(id);
    const readsAfter = timers.reads();
    clock.setSpeed(60);

    const at = await firing(id);

    expect(during).toEqual([]);
    expect(readsAfter - readsBefore).toBeLessThanOrEqual(7);
    expect(at).toBeGreaterThanOrEqual(dueAt);
  } finally {
    await timers.close();
  }
});
