import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { loadCatalogue } from '../../src/catalogue/load.ts';
import { type Action, defineAction, type JsonObject, type Sample } from '../../src/domain/action.ts';
import { createClock } from '../../src/domain/clock.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { Runbook } from '../../src/domain/runbook.ts';
import type { System } from '../../src/domain/system.ts';
import { makePlan, type PlanInput } from '../../src/usecases/make-plan.ts';

export const system: System = await readSystem();

async function readSystem(): Promise<System> {
  const entry = (await loadCatalogue('test/runbooks/fixture')).systems.chatbot;
  if (!entry) throw new Error('the fixture has no chatbot');
  return entry.system;
}

type Look = (signal: AbortSignal) => Promise<{ facts: JsonObject; measurements: JsonObject }>;

/** What the world answers in a test: the look of each thing by name. */
export type World = Record<string, Look>;

const action = (world: World, id: string, effect: Action['effect']): Action =>
  defineAction({
    id,
    summary: id,
    effect,
    input: z.strictObject({ thing: z.string(), region: z.string().default('us-west-2'), port: z.int().optional() }),
    output: z.object({ status: z.string(), lag: z.number() }),
    repeat: 'It is a test.',
    permissions: {},
    examples: [],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ thing }) => (effect === 'read' ? [] : [`thing/${thing}`]),
    subject: ({ thing }) => `thing/${thing}`,
    expectedSeconds: ({ thing }) => thing.length,
    observe: ({ signal }, { thing }) => world[thing]?.(signal) ?? Promise.reject(new Error(`no ${thing} in this test`)),
    change: (observed, { thing }) => ({
      changes:
        effect === 'read'
          ? []
          : [{ what: thing, before: observed ? JSON.stringify(observed.facts.status) : 'unknown', after: 'done' }],
      ...(effect !== 'read' && !observed && thing === 'old'
        ? { signatures: [{ kind: 'unfenced' as const, subject: 'old in us-east-1', sentence: 'It may come back.' }] }
        : {}),
    }),
    run: () => Promise.reject(new Error('a plan runs nothing')),
  });

export const sees =
  (status: string, lag = 1): Look =>
  async () => ({ facts: { status }, measurements: { lag } });

/** Never settles and ignores its signal. */
export const hangs: Look = () => new Promise(() => undefined);

export const fails =
  (error: Error): Look =>
  () =>
    Promise.reject(error);

/** Settles when it is told to stop, as a good action does. */
export const answersWhenAborted =
  (status: string): Look =>
  (signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ facts: { status }, measurements: { lag: 0 } }), { once: true });
    });

/** Sees it after so many machine milliseconds, and does not listen to its signal. */
export const seesLate =
  (status: string, milliseconds: number): Look =>
  async () => {
    await sleep(milliseconds);
    return { facts: { status }, measurements: { lag: 1 } };
  };

/** A runbook with these steps, all in one phase; titles are the ids. */
export function runbookOf(
  steps: Record<string, unknown>[],
  params: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Runbook {
  return Runbook.parse({
    title: 'Test',
    severity: 'P0',
    mode: ['emergency', 'planned'],
    params: { to: { type: 'region', default: 'us-west-2' }, ...params },
    phases: [{ id: 'one', title: 'One', target: '5m', steps: steps.map((step) => ({ title: step.id, ...step })) }],
    ...more,
  });
}

/** Plans `runbook` against `world`, with a deadline of 400 ms. */
export async function planOf(
  runbook: Runbook,
  world: World,
  more: Partial<PlanInput> & { samplesOf?: Record<string, Sample> } = {},
): Promise<Plan> {
  const { samplesOf = {}, ...rest } = more;
  const actions = [
    action(world, 'thing.look', 'read'),
    action(world, 'thing.change', 'reversible'),
    { ...action(world, 'thing.read', 'read'), observationSeconds: 60 },
  ];
  return makePlan({
    entry: { system, runbooks: { test: runbook }, config: { 'a.json': '{}' } },
    systemName: 'chatbot',
    runbookId: 'test',
    mode: 'emergency',
    params: {},
    incident: 'INC-1',
    planId: 'INC-1.p1',
    requestedBy: 'U1',
    actions: new Map(actions.map((one) => [one.id, one])),
    samples: { newest: async (subject) => samplesOf[subject], newestReceived: async () => undefined },
    clock: createClock(),
    observationTimeoutMs: () => 400,
    ...rest,
  });
}
