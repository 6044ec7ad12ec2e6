import type { PlannedStep } from '../domain/plan.ts';
import { type RunState, stepOf } from '../domain/run-state.ts';
import { ENDED } from '../domain/scheduler.ts';

/** Why a graceful step was left out, as the journal and the board say it. */
export const LEFT_OUT = 'The planned run became an emergency before this was done.';

/** Whether the run does without this step: it is graceful, the run became an emergency, and it has not ended. */
export function isDoneWithout({ id, graceful }: PlannedStep, run: RunState): boolean {
  if (!graceful || !run.modeChange || run.status === 'aborting') return false;
  return !ENDED.has(stepOf(run, id).status);
}
