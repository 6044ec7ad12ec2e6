import { expect } from '@jest/globals';
import type { Clients } from '../../src/adapters/index.ts';
import type { Action, Done, JsonObject, RunContext } from '../../src/domain/action.ts';
import { permittedActions } from './permitted.ts';
import { createRunContext, type TestRun, type TestRunContext } from './run-context.ts';
import type { TestWorld } from './world.ts';

export type ActionBench = ReturnType<typeof benchOf>;

/**
 * The actions of a simulated world, to be looked at, run, undone and watched as the engine does it. `clients` are others
 * than the world's own; `limit` is what one call of an action may take, in machine milliseconds.
 */
export function benchOf(
  bench: TestWorld,
  config: Record<string, string> = {},
  { clients, limit = 30_000 }: { clients?: Clients; limit?: number } = {},
) {
  const actions = permittedActions(bench, clients);
  const action = (id: string): Action => {
    const found = actions.get(id);
    if (!found) throw new Error(`no action ${id}`);
    return found;
  };
  const contextOf = (run: TestRun = {}): TestRunContext => {
    const signal = AbortSignal.timeout(limit);
    const context = createRunContext({ system: bench.system, clock: bench.world.clock, signal, ...run });
    const readConfig: RunContext['readConfig'] = (file) => config[file] ?? context.readConfig(file);
    return { ...context, readConfig };
  };
  const inputOf = (id: string, given: JsonObject) => action(id).input.parse(given) as never;
  return {
    action,
    contextOf,
    async look(id: string, given: JsonObject = {}, options: TestRun = {}) {
      const input = inputOf(id, given);
      const context = contextOf(options);
      const observed = await action(id).observe(context, input);
      const seen: JsonObject = { ...observed.facts, ...observed.measurements };
      return { ...observed, seen, change: action(id).change(observed, input, context) };
    },
    async run(id: string, given: JsonObject, options: TestRun = {}) {
      const before = bench.carriedOut().length;
      const context = contextOf(options);
      const result = await action(id).run(context, inputOf(id, given));
      expect(action(id).output.safeParse(result.outputs).error).toBeUndefined();
      return { ...result, outputs: result.outputs as JsonObject, context, calls: bench.carriedOut().slice(before) };
    },
    /** What a run ends with that must not succeed, and what it had noted as changed and called by then. */
    async refused(id: string, given: JsonObject, options: TestRun = {}) {
      const before = bench.carriedOut().length;
      const context = contextOf(options);
      const [ended] = await Promise.allSettled([action(id).run(context, inputOf(id, given))]);
      if (ended.status === 'fulfilled') throw new Error(`${id} was to be refused, and succeeded`);
      const error: unknown = ended.reason;
      return { error, changes: context.changesSoFar, calls: bench.carriedOut().slice(before) };
    },
    /** What the undo would change now, and then changes. */
    async undo(id: string, given: JsonObject, done: Partial<Done>, options: TestRun = {}) {
      const { undo } = action(id);
      if (!undo) throw new Error(`${id} has no undo`);
      const input = inputOf(id, given);
      const what: Done = { outputs: {}, changes: [], ...done };
      const planned = undo.change(await action(id).observe(contextOf(), input), input, contextOf(), what);
      const before = bench.carriedOut().length;
      const undone = await undo.run(contextOf(options), input, what);
      return { planned, undone, calls: bench.carriedOut().slice(before) };
    },
    /** One look of the watch that a step with these outputs has left behind. */
    async watch(id: string, given: JsonObject, options: TestRun = {}, outputs?: JsonObject) {
      const { watch } = action(id);
      if (!watch) throw new Error(`${id} has no watch`);
      return watch.look(contextOf(options), inputOf(id, given), outputs);
    },
  };
}
