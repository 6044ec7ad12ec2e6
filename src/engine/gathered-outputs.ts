import type { JsonObject } from '../domain/action.ts';
import { resolveValue } from '../domain/expression.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { type RunState, stepOf } from '../domain/run-state.ts';
import { scopeOf } from './step-environment.ts';

/** The outputs of a step that calls nothing: those of its copies in a list, or what its nested runbook says. */
export function gatheredOutputs(plan: Plan, run: RunState, { gathers }: PlannedStep): JsonObject {
  if (!gathers) return {};
  if (gathers.kind === 'list') return { items: gathers.steps.map((id) => stepOf(run, id).outputs ?? {}) };
  const within = plan.steps.find(({ scope }) => scope === gathers.scope);
  const scope = scopeOf(plan, run, within);
  const values = Object.entries(gathers.outputs).map(([name, expression]) => [
    name,
    resolveValue(`\${{ ${expression} }}`, scope),
  ]);
  return Object.fromEntries(values);
}
