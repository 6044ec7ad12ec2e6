import type { IncidentState } from './incident-state.ts';
import type { Plan } from './plan.ts';

/** The newest plan of an incident that was made of a runbook, and not to undo a run. */
export function newestStart({ plans }: Pick<IncidentState, 'plans'>): Plan | undefined {
  return plans.findLast(({ plan }) => plan.undoOf === undefined)?.plan;
}
