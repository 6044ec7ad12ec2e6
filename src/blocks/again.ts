import type { AskedFor } from '../domain/events.ts';
import { type IncidentState, planFailureNow, planOf } from '../domain/incident-state.ts';
import { ALLOW_WRITES } from '../domain/nobody-writes.ts';
import type { Plan } from '../domain/plan.ts';
import { quoteWord } from '../domain/quote-word.ts';
import { isUndo } from '../domain/recovery.ts';
import { undoable } from '../domain/undo.ts';
import type { Button } from './message.ts';

/** How a plan like this one is asked for again; mrkdwn. */
export function againSentence({ id, system }: Pick<IncidentState, 'id' | 'system'>, plan?: Plan): string {
  const line = plan?.undoOf === undefined ? `/dr failover ${system}` : `/dr undo ${id}`;
  return `\`${line}\` makes a new plan.`;
}

/** Asks for another plan as the last one was asked for. */
export function planAgainButtons(state: IncidentState): Button[] {
  const newest = planFailureNow(state) ? undefined : state.plans.at(-1)?.plan;
  if (newest?.undoOf !== undefined && state.run?.planId !== newest.id) return undoButtons(state);
  const asked = planFailureNow(state)?.asked ?? askedFor(state.plans.findLast(({ plan }) => !plan.undoOf)?.plan);
  if (!asked) return [];
  const to = asked.to === undefined ? '' : ` --to ${asked.to}`;
  const reason = asked.reason === undefined ? '' : ` --reason ${quoteWord(asked.reason)}`;
  return [{ verb: 'failover', args: `${state.system} --mode ${asked.mode}${to}${reason}`, label: 'Make a new plan' }];
}

function askedFor(plan: Plan | undefined): AskedFor | undefined {
  if (!plan) return undefined;
  const { mode, params, reason } = plan;
  return {
    mode,
    ...(typeof params.to === 'string' ? { to: params.to } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Asks for a plan that takes back what can be taken back; none where nothing can. */
export function undoButtons(state: IncidentState, { standsOut = true } = {}): Button[] {
  if (undoable(state).undo.length === 0) return [];
  return mayAllowWrites(state)
    ? [{ verb: 'undo', args: state.id, label: ALLOW_WRITES, ...(standsOut ? { style: 'primary' as const } : {}) }]
    : [{ verb: 'undo', args: state.id, label: isUndo(state) ? 'Undo the rest…' : 'Undo what was changed…' }];
}

/**
 * How a run that is paused at its promotion offers to allow writes again: before all else where the promotion failed,
 * beside the rest where it has not begun, since something is not as it was approved.
 */
export function writesOffered(state: IncidentState): 'first' | 'beside' | undefined {
  const { run } = state;
  const steps = planOf(state, run?.planId)?.plan.steps ?? [];
  const failed = steps.flatMap(({ id, effect }) => {
    const now = run?.steps[id];
    return effect === 'irreversible' && now?.status === 'failed' ? [now] : [];
  });
  if (failed.length === 0 || run?.status !== 'paused' || !mayAllowWrites(state)) return undefined;
  return failed.some(({ differences }) => !differences) ? 'first' : 'beside';
}

/** Whether writes are stopped everywhere, and an undo may allow them on the old primary. */
export function mayAllowWrites(state: IncidentState): boolean {
  return undoable(state).undo.some(({ uses }) => uses === 'postgres.fence');
}
