import type { Plan, PlannedStep } from './plan.ts';
import { isSwitchover } from './promoted-loss.ts';
import { type RunState, stepOf } from './run-state.ts';
import { ENDED } from './scheduler.ts';
import { unfencedBy } from './unfenced.ts';

/** Why a graceful step was left out, as the journal and the board say it. */
export const LEFT_OUT = 'The planned run became an emergency before this was done.';

/** Steps that a planned run would do without if it became an emergency now. */
export function stepsLeftOut(plan: Pick<Plan, 'steps'>, run: RunState): PlannedStep[] {
  return plan.steps.filter((step) => isOnlyGraceful(step, run));
}

/**
 * Whether the runbook may be an emergency and that would change anything yet: something is left out or signed for, or a
 * failure stands, which is tried again.
 */
export function mayHasten(plan: Pick<Plan, 'steps' | 'system' | 'modes'>, run: RunState): boolean {
  if (plan.modes && !plan.modes.includes('emergency')) return false;
  return stepsLeftOut(plan, run).length > 0 || signedByEmergency(plan, run).length > 0 || run.status === 'paused';
}

/** Whether the run does without this step, since it became an emergency before the step had ended. */
export function isDoneWithout(step: PlannedStep, run: RunState): boolean {
  return run.modeChange !== undefined && run.status !== 'aborting' && isOnlyGraceful(step, run);
}

/** What an emergency has no time for: the step is graceful and has not ended. */
function isOnlyGraceful({ id, graceful }: PlannedStep, run: RunState): boolean {
  return graceful === true && !ENDED.has(stepOf(run, id).status);
}

/**
 * What the person who turns a planned run into an emergency signs for, `kind:subject`: that the old primary stays
 * unfenced where it cannot be reached. Nothing where the runbook has no fence that may be signed for, or where it stands
 * already, as after a switchover, in which the service stops the old writer itself.
 */
export function signedByEmergency({ steps, system }: Pick<Plan, 'steps' | 'system'>, run: RunState): string[] {
  const fences = steps.filter(({ uses, included, undoes }) => uses === 'postgres.fence' && included && !undoes);
  const open = fences.filter(({ id }) => run.steps[id]?.status !== 'succeeded');
  // Its place is taken by a failover, which leaves the old writer to itself.
  const isSwitching = steps.some(
    (step) => step.included && isSwitchover(step) && run.steps[step.id]?.status !== 'succeeded',
  );
  const left = isSwitching ? [{ with: {} }] : [];
  return [...new Set([...open, ...left].flatMap((step) => unfencedBy(step, system) ?? []))];
}
