import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Action, Done, JsonObject, RunContext, RunResult } from '../../src/domain/action.ts';
import type { Topology } from '../../src/domain/simulation.ts';
import { patient } from '../support/patient.ts';
import { permittedActions } from '../support/permitted.ts';
import { createRunContext } from '../support/run-context.ts';
import { auroraTrials } from '../support/trials/aurora.ts';
import { databaseTrials } from '../support/trials/database.ts';
import { repairTrials } from '../support/trials/repair.ts';
import { serviceTrials } from '../support/trials/services.ts';
import { trafficTrials } from '../support/trials/traffic.ts';
import { soon, type Trial } from '../support/trials/trial.ts';
import { withThreeWorkers } from '../support/two-workers.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

/*
 * Two workers send what a step sends, at once, and a third one sends it late (see withThreeWorkers): each action says in
 * `repeat` why that is harmless, and here it is tried, of each that changes something and of its undo.
 */

const SPEED = 60;

let bench: TestWorld;
let actions: ReadonlyMap<string, Action>;
let inTopology: Topology | undefined;

beforeAll(async () => {
  bench = await startTestWorld({ speed: SPEED, withDatabases: true });
  actions = permittedActions(bench);
});
afterAll(() => bench.close());

/** World time at which a step has begun that reads nothing of before. */
const BEGAN = Date.UTC(2030, 0, 1);
const world = () => bench;
const TRIALS: Trial[] = [
  ...serviceTrials(world),
  ...repairTrials(world, (id, given) => actionOf(id).run(contextOf({}), actionOf(id).input.parse(given) as never)),
  ...trafficTrials(world),
  ...databaseTrials(world),
  // Of another form, and so at the end.
  ...auroraTrials(world),
];

function actionOf(id: string): Action {
  const found = actions.get(id);
  if (!found) throw new Error(`no action ${id}`);
  return found;
}

function contextOf({ config = {}, beginsNow = false }: Pick<Trial, 'config' | 'beginsNow'>): RunContext {
  const context = createRunContext({
    system: bench.system,
    clock: patient(bench.world.clock),
    signal: soon(),
    operationId: 'INC-1.r1.step',
    firstAttemptAt: beginsNow ? bench.world.clock.now() : BEGAN,
  });
  return { ...context, readConfig: (file) => config[file] ?? context.readConfig(file) };
}

/** How often each mutating call was carried out since call number `from`. */
function carriedOutSince(from: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of bench.carriedOut().slice(from)) {
    const operation = call.slice(call.indexOf(' ') + 1);
    counts[operation] = (counts[operation] ?? 0) + 1;
  }
  return counts;
}

function expectCalls(counts: Record<string, number>, wanted: Record<string, number | 'any'>): void {
  const asWanted = Object.fromEntries(
    Object.entries(wanted).map(([operation, count]) => [operation, count === 'any' ? expect.any(Number) : count]),
  );
  expect(counts).toEqual(asWanted);
}

/** A world of another form than the one of the trials before, where one is needed. */
async function enterWorld({ topology }: Trial): Promise<void> {
  if (topology === undefined || topology === inTopology) return;
  inTopology = topology;
  await bench.close();
  bench = await startTestWorld({ speed: SPEED, withDatabases: true, topology });
  actions = permittedActions(bench);
}

async function sendThrice(trial: Trial, pausedAt: number, send: (context: RunContext) => Promise<RunResult<unknown>>) {
  const from = bench.carriedOut().length;
  const { results, between, late, wasLate } = await withThreeWorkers(() => contextOf(trial), send, {
    pausedAt,
    between: trial.look,
  });
  const after = await trial.look();
  // Without it, nothing would have been sent late.
  expect(wasLate).toBe(true);
  // What came late changed nothing, and was refused by the service or ended by the lost lease.
  expect(after).toEqual(between);
  if (late.status === 'rejected')
    expect(late.reason).toMatchObject({ name: expect.stringMatching(/LeaseLost|Permanent/) });
  return { results, after, counts: carriedOutSince(from) };
}

it('tries every action that changes something', () => {
  const mutating = [...actions.values()].filter(({ effect }) => effect !== 'read').map(({ id }) => id);

  expect(new Set(TRIALS.map(({ action }) => action))).toEqual(new Set(mutating));
  for (const { action, calls } of TRIALS) expect(calls.undo !== undefined).toBe(actionOf(action).undo !== undefined);
});

describe.each(TRIALS)('$action: $what', (trial) => {
  beforeAll(async () => {
    await enterWorld(trial);
    bench.world.setSpeed(trial.speed ?? SPEED);
  });

  it.each(trial.pausedAt ?? [1])(
    'sent by two at once, and late by a third paused at its check %d',
    async (pausedAt) => {
      const action = actionOf(trial.action);
      const input = action.input.parse(await trial.with()) as never;
      const before = await trial.look();
      const planned = await action.observe(contextOf(trial), input);

      const run = await sendThrice(trial, pausedAt, (context) => action.run(context, input));

      expect(run.after).toEqual(trial.done);
      expectCalls(run.counts, trial.calls.run);
      const { undo } = action;
      if (!undo) return;
      const done: Done = {
        outputs: (run.results[1]?.outputs ?? {}) as JsonObject,
        changes: [],
        observed: { ...planned.facts, ...planned.measurements },
      };
      const undone = await sendThrice(trial, 1, (context) => undo.run(context, input, done));
      expect(undone.after).toEqual(before);
      expectCalls(undone.counts, trial.calls.undo ?? {});
    },
  );
});
