import { type IncidentState, planOf } from './incident-state.ts';

/** Whether a new plan of the same runbook may still work: nothing was done that cannot be taken back. */
export function mayPlanAgain(state: IncidentState): boolean {
  const plan = planOf(state, state.run?.planId)?.plan;
  return !plan?.steps.some(
    ({ id, effect }) => effect === 'irreversible' && state.run?.steps[id]?.status === 'succeeded',
  );
}
