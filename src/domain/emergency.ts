import { instanceName } from './instance-name.ts';
import type { Plan, PlannedStep } from './plan.ts';
import type { RunState } from './run-state.ts';

/** Steps that a planned run does without once it is an emergency: they are graceful and have not ended. */
export function stepsLeftOut(plan: Pick<Plan, 'steps'>, run: RunState): PlannedStep[] {
  const ended = ['succeeded', 'skipped', 'left out'];
  return plan.steps.filter(({ id, graceful }) => graceful && !ended.includes(run.steps[id]?.status ?? ''));
}

/**
 * What the person who turns a planned run into an emergency signs for, `kind:subject`: that the old primary stays
 * unfenced where it cannot be reached. Nothing where the runbook has no fence, or where it stands already.
 */
export function signedByEmergency({ steps, system }: Pick<Plan, 'steps' | 'system'>, run: RunState): string[] {
  const fences = steps.filter(({ uses, included, undoes }) => uses === 'postgres.fence' && included && !undoes);
  const open = fences.some(({ id }) => run.steps[id]?.status !== 'succeeded');
  return open ? [`unfenced:${instanceName(system.database.primary)}`] : [];
}
