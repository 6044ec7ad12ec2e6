import type { AskedFor } from '../domain/events.ts';
import { type IncidentState, planFailureNow, planOf } from '../domain/incident-state.ts';
import { newestStart } from '../domain/newest-start.ts';
import { ALLOW_WRITES } from '../domain/nobody-writes.ts';
import type { Plan } from '../domain/plan.ts';
import { isUndo } from '../domain/recovery.ts';
import { askAgain, FAILOVER_RUNBOOK, startLine } from '../domain/start-line.ts';
import { undoable } from '../domain/undo.ts';
import type { Button } from './message.ts';

/** How a plan like this one is asked for again; mrkdwn. */
export function againSentence(state: Pick<IncidentState, 'id' | 'system' | 'plans'>, plan?: Plan): string {
  const { id, system } = state;
  const line = plan?.undoOf === undefined ? askAgain(system, plan ?? newestStart(state)) : `/dr undo ${id}`;
  return `\`${line}\` makes a new plan.`;
}

/** Asks for another plan as the last one was asked for. */
export function planAgainButtons(state: IncidentState): Button[] {
  const newest = planFailureNow(state) ? undefined : state.plans.at(-1)?.plan;
  if (newest?.undoOf !== undefined && state.run?.planId !== newest.id) return undoButtons(state);
  const asked = planFailureNow(state)?.asked ?? askedFor(newestStart(state));
  if (!asked) return [];
  const { runbook = FAILOVER_RUNBOOK, to, params = to === undefined ? {} : { to } } = asked;
  return [{ ...startLine(state.system, { ...asked, runbook, params }), label: 'Make a new plan' }];
}

function askedFor(plan: Plan | undefined): AskedFor | undefined {
  if (!plan) return undefined;
  const { runbook, mode, params, reason } = plan;
  return {
    runbook,
    mode,
    params,
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
