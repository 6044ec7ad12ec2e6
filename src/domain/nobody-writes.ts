import { type IncidentState, planOf } from './incident-state.ts';
import { standingFence } from './standing-fence.ts';
import { undoable } from './undo.ts';

/** As the button says it that asks for a plan which allows writes again, and the sentences that point to it. */
export const ALLOW_WRITES = 'Allow writes again…';

/**
 * That nobody can write while a fence stands and nothing was promoted, and the way out of that: the plan that waits for
 * it, or the button and the command that ask for one. Plain sentences; undefined when writes can go somewhere.
 */
export function nobodyWrites(state: IncidentState): string | undefined {
  const fence = standingFence(state);
  const { run } = state;
  if (!fence || !run) return undefined;
  const stands = fence.certain
    ? 'Nobody can write: writes on the old primary are stopped.'
    : 'Perhaps nobody can write: writes on the old primary may be stopped.';
  const waiting = state.plans.findLast(({ status }) => status === 'awaiting approval')?.plan;
  // A run that goes on promotes next; one that is being aborted has to end first.
  const mayAsk = run.status === 'paused' || run.status === 'finished';
  const canAllow = mayAsk && undoable(state).undo.some(({ uses }) => uses === 'postgres.fence');
  const isUndoWaiting = waiting?.undoOf !== undefined && waiting.id !== planOf(state, run.planId)?.plan.id;
  if (waiting && isUndoWaiting) return `${stands} Plan ${waiting.id}, which takes that back, waits for approval.`;
  const ask = canAllow ? ` “${ALLOW_WRITES}” or /dr undo ${state.id} makes a plan that takes that back.` : '';
  const other = waiting ? ` Plan ${waiting.id} waits for approval.` : '';
  return `${stands}${ask}${other}`;
}
