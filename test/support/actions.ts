import { expect } from '@jest/globals';
import type { Action, Done, JsonObject, RunContext } from '../../src/domain/action.ts';
import { permittedActions } from './permitted.ts';
import { createRunContext, type TestRun } from './run-context.ts';
import type { TestWorld } from './world.ts';

/** The actions of a simulated world, to be looked at, run and undone as the engine does it. */
export function benchOf(bench: TestWorld, config: Record<string, string> = {}) {
  const actions = permittedActions(bench);
  const action = (id: string): Action => {
    const found = actions.get(id);
    if (!found) throw new Error(`no action ${id}`);
    return found;
  };
  const contextOf = (run: TestRun = {}) => {
    const signal = AbortSignal.timeout(30_000);
    const context = createRunContext({ system: bench.system, clock: bench.world.clock, signal, ...run });
    const readConfig: RunContext['readConfig'] = (file) => config[file] ?? context.readConfig(file);
    return { ...context, readConfig };
  };
  return {
    async look(id: string, given: JsonObject) {
      const input = action(id).input.parse(given) as never;
      const context = contextOf();
      const observed = await action(id).observe(context, input);
      return { ...observed, change: action(id).change(observed, input, context) };
    },
    async run(id: string, given: JsonObject, options: TestRun = {}) {
      const before = bench.carriedOut().length;
      const result = await action(id).run(contextOf(options), action(id).input.parse(given) as never);
      expect(action(id).output.safeParse(result.outputs).error).toBeUndefined();
      return { ...result, outputs: result.outputs as JsonObject, calls: bench.carriedOut().slice(before) };
    },
    /** What the undo would change now, and then changes. */
    async undo(id: string, given: JsonObject, done: Partial<Done>) {
      const { undo } = action(id);
      if (!undo) throw new Error(`${id} has no undo`);
      const input = action(id).input.parse(given) as never;
      const what: Done = { outputs: {}, changes: [], ...done };
      const planned = undo.change(await action(id).observe(contextOf(), input), input, contextOf(), what);
      const before = bench.carriedOut().length;
      const undone = await undo.run(contextOf(), input, what);
      return { planned, undone, calls: bench.carriedOut().slice(before) };
    },
  };
}
