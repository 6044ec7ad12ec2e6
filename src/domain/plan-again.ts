import { type IncidentState, planOf } from './incident-state.ts';

/**
 * Whether the run did something that cannot be taken back. A new plan of the same runbook then goes on from there; a
 * guard that looks for what was there before (a replica that is a primary by now) has to be overridden.
 */
export function hasDoneIrreversible({ plans, run }: Pick<IncidentState, 'plans' | 'run'>): boolean {
  const steps = planOf({ plans }, run?.planId)?.plan.steps ?? [];
  return steps.some(({ id, effect }) => effect === 'irreversible' && run?.steps[id]?.status === 'succeeded');
}
