import { z } from 'zod';
import { type Action, defineAction, type JsonObject, type RunContext } from '../../src/domain/action.ts';
import { type Clock, createClock } from '../../src/domain/clock.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { advance, type EngineParts } from '../../src/engine/advance.ts';
import { type ChangeHub, createChangeHub } from '../../src/engine/change-hub.ts';
import type { Store } from '../../src/engine/ports.ts';
import { createLogger } from '../../src/log.ts';
import { declared } from './incident.ts';
import { createTestDatabase } from './postgres.ts';
import { openTestStore } from './store.ts';

export const silent = createLogger('silent');

type Run = (context: RunContext, input: JsonObject) => Promise<JsonObject>;

/** An action for tests: `run` is the test's own, `observe` gives what the test says. */
export function testAction(
  id: string,
  run: Run,
  observe: () => JsonObject = () => ({}),
  effect: Action['effect'] = 'reversible',
): Action {
  return defineAction({
    id,
    summary: id,
    effect,
    input: z.record(z.string(), z.json()),
    output: z.record(z.string(), z.json()),
    repeat: 'it is a test',
    permissions: {},
    examples: [],
    dependsOn: () => [],
    writes: () => [],
    expectedSeconds: () => 1,
    observe: async () => ({ facts: {}, measurements: observe() }),
    change: () => ({ changes: [] }),
    run: async (context, input) => ({ outputs: await run(context, input), changes: [] }),
  });
}

/** An action that keeps the `name` of each call's input, and whose facts are the test's own; its measurements never stand still. */
export function recordingAction(
  id = 'test.act',
  effect: Action['effect'] = 'reversible',
  facts: () => JsonObject = () => ({}),
): { action: Action; called: string[] } {
  const called: string[] = [];
  const run: Run = async (_context, { name }) => {
    called.push(typeof name === 'string' ? name : '');
    return {};
  };
  const observe = async () => ({ facts: facts(), measurements: { load: Math.random() } });
  return { action: { ...testAction(id, run, () => ({}), effect), observe }, called };
}

export interface EngineBench {
  store: Store;
  incident: string;
  /** A worker of its own, with its own subscription. */
  worker(holder: string): EngineParts;
  advance(holder?: string, signal?: AbortSignal): Promise<void>;
  append(...events: IncidentEvent[]): Promise<void>;
  state(): Promise<IncidentState>;
  /** The armed timer of this id; takes every timer out of the way, so that the test says itself what it brings. */
  timer(id: string): Promise<{ dueAt: number } | undefined>;
  /** Resolves when the state satisfies `condition`. */
  until(condition: (state: IncidentState) => boolean): Promise<IncidentState>;
  close(): Promise<void>;
}

/** A real store with one incident whose approved plan has just been started, and workers to advance it. */
export async function createEngineBench(
  plan: Plan,
  actions: Action[],
  clock: Clock = createClock(),
): Promise<EngineBench> {
  const database = await createTestDatabase();
  const store = await openTestStore(database.connectionString);
  const changes: ChangeHub = await createChangeHub(store.journal);
  const [first] = await store.journal.open('chatbot', clock.now(), { events: [declared] });
  const incident = first?.incident ?? '';
  const append = async (...events: IncidentEvent[]) => {
    await store.journal.decide(incident, clock.now(), () => ({ events }));
  };
  const runId = `${incident}.r1`;
  await append(
    { type: 'plan.created', plan },
    { type: 'plan.approved', planId: plan.id, hash: plan.hash, by: 'U0APPROVER', signed: [] },
    { type: 'run.started', runId, planId: plan.id, locks: [] },
  );
  const registry = new Map(actions.map((action) => [action.id, action]));
  const worker = (holder: string): EngineParts => ({
    store,
    actions: registry,
    changes,
    clock,
    holder,
    observationTimeoutMs: () => 1000,
    logger: silent,
  });
  const state = async () => {
    const found = await store.journal.state(incident);
    if (!found) throw new Error('the incident is gone');
    return found;
  };
  return {
    store,
    incident,
    worker,
    append,
    state,
    async timer(id) {
      const fired = await store.timers.fireDue(Number.MAX_SAFE_INTEGER, () => ({ events: [] }));
      return fired.find((timer) => timer.id === id);
    },
    advance: (holder = 'worker-1', signal = new AbortController().signal) => advance(worker(holder), incident, signal),
    async until(condition) {
      for (;;) {
        const version = changes.version(incident);
        const now = await state();
        if (condition(now)) return now;
        await changes.changedSince(incident, version, AbortSignal.timeout(20_000));
      }
    },
    async close() {
      await changes.close();
      await store.close();
      await database.drop();
    },
  };
}
