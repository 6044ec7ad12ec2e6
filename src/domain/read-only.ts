import type { Action } from './action.ts';
import type { Plan } from './plan.ts';
import type { Runbook } from './runbook.ts';
import { nestedName, stepsOf } from './runbook-graph.ts';

/**
 * Whether a run of this plan can change nothing: no step that takes part, or that an emergency would bring in, does more
 * than read. Such a plan needs nobody's approval.
 */
export function isReadOnly({ steps, undoOf }: Pick<Plan, 'steps' | 'undoOf'>): boolean {
  return (
    undoOf === undefined &&
    steps.length > 0 &&
    steps.every(({ effect, included, readsMode }) => effect === 'read' || !(included || readsMode === true))
  );
}

/** The same of a runbook before it is planned: every step of it, and of those that it nests, only reads. */
export function readsOnly(
  runbook: Runbook,
  runbooks: Readonly<Record<string, Runbook>>,
  actions: ReadonlyMap<string, Pick<Action, 'effect'>>,
): boolean {
  return stepsOf(runbook).every(({ step }) => {
    const nested = nestedName(step);
    if (nested === undefined) return actions.get(step.uses)?.effect === 'read';
    const inner = Object.hasOwn(runbooks, nested) ? runbooks[nested] : undefined;
    return inner !== undefined && readsOnly(inner, runbooks, actions);
  });
}
