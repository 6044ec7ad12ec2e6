// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks are written that way
import { z } from 'zod';
import { type Action, defineAction, type JsonObject } from '../../src/domain/action.ts';
import { createClock } from '../../src/domain/clock.ts';
import { Permanent } from '../../src/domain/errors.ts';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { PlanRequest } from '../../src/usecases/dependencies.ts';
import { makeUndoPlan } from '../../src/usecases/undo-plan.ts';
import type { BotBench } from '../support/bot.ts';
import { plannedStep } from '../support/incident.ts';
import { stateOf } from '../support/story-of-run.ts';

/** What each thing is now, by its name; each test begins with `beginWorld()`. */
export const world: Record<string, string> = {};

export function beginWorld(): void {
  for (const thing of Object.keys(world)) delete world[thing];
  Object.assign(world, { one: 'new', two: 'new', three: 'new' });
}

const PLANNED_ONLY = {
  output: z.object({}),
  repeat: 'It is a test.',
  permissions: {},
  examples: [],
  dependsOn: () => [],
  expectedSeconds: () => 10,
  change: () => ({ changes: [] }),
  run: () => Promise.reject(new Error('a plan runs nothing')),
};

/** Sets a thing to `new`; its undo sets it to what it was, as its outputs or the plan say. */
export const set: Action = defineAction({
  id: 'test.set',
  summary: 'Set a thing',
  ...PLANNED_ONLY,
  effect: 'reversible',
  input: z.strictObject({ thing: z.string(), to: z.string() }),
  writes: ({ thing }) => [`thing/${thing}`],
  observe: async (_context, { thing }) => ({ facts: { is: world[thing] ?? 'gone' }, measurements: {} }),
  undo: {
    title: ({ thing }) => `Set ${thing} back`,
    repeat: 'It is a test.',
    change(observed, { thing }, _context, { outputs, observed: seen }) {
      const before = outputs.before ?? seen?.is;
      if (typeof before !== 'string') throw new Permanent('undo.unknown-before', 'What was there before is not known.');
      const now = String(observed?.facts.is);
      return { changes: now === before ? [] : [{ what: thing, before: now, after: before }] };
    },
    run: () => Promise.reject(new Error('a plan runs nothing')),
  },
});

/** Looks as the promotion does; nothing runs. */
const promotion: Action = defineAction({
  id: 'rds.promote-replica',
  summary: 'Promote',
  ...PLANNED_ONLY,
  effect: 'irreversible',
  input: z.strictObject({ region: z.string(), instance: z.string() }),
  writes: () => [],
  observe: async () => ({
    facts: { replicaOf: world.replicaOf ?? '' },
    measurements: { status: world.status ?? 'available' },
  }),
});
export const actions = new Map([
  ['test.set', set],
  ['rds.promote-replica', promotion],
]);

/** A step that sets the thing of its name. */
export const setting = (id: string, needs: string[] = []) =>
  plannedStep(id, {
    uses: 'test.set',
    needs,
    with: { thing: id, to: '${{ params.to }}' },
    observation: { state: 'observed', facts: { is: `old ${id}` }, measurements: {} },
  });
export const STEPS = [setting('one'), setting('two', ['one']), setting('three', ['two'])];

export const runId = 'INC-1.r1';
export const begin = (step: string, run = runId): IncidentEvent => ({
  type: 'step.started',
  runId: run,
  step,
  attempt: 1,
  operationId: `${run}.${step}`,
});
export const succeed = (step: string, outputs: JsonObject = {}, run = runId): IncidentEvent[] => [
  begin(step, run),
  {
    type: 'step.succeeded',
    runId: run,
    step,
    attempt: 1,
    outputs,
    changes: [{ what: step, before: 'old', after: 'new' }],
    exceptions: [],
  },
];
export const fail = (step: string, run = runId): IncidentEvent[] => [
  begin(step, run),
  { type: 'step.failed', runId: run, step, attempt: 1, error: { code: 'x', message: 'No.' }, changes: [] },
];
export const finish: IncidentEvent = { type: 'run.finished', runId, outcome: 'aborted', exceptions: [] };

/** As the product makes it, over this world. */
export async function undoPlan(bot: BotBench, { id, requestedBy, reason }: PlanRequest) {
  return makeUndoPlan({
    state: await stateOf(bot),
    planId: id,
    requestedBy,
    ...(reason === undefined ? {} : { reason }),
    actions,
    samples: { newest: async () => undefined, newestReceived: async () => undefined },
    clock: createClock(),
    observationTimeoutMs: () => 400,
  });
}
