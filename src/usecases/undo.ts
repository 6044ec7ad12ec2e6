import { assertSomebodyApproves, mayDecide } from '../domain/approval.ts';
import { errorCode, InvalidInput } from '../domain/errors.ts';
import { failureOf } from '../domain/failure.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { planOf } from '../domain/incident-state.ts';
import type { Plan } from '../domain/plan.ts';
import { isPromoted, SEEN_PROMOTED } from '../domain/promoted.ts';
import { hasRecovered } from '../domain/recovery.ts';
import { undoable } from '../domain/undo.ts';
import type { PlanRequest, UseCaseDependencies } from './dependencies.ts';
import { activeRun, chooseIncident, requireRole } from './find.ts';
import { assertMayPlan, nextPlanId, recordPlan, sameWaiting } from './record-plan.ts';
import { assertNewestRun } from './undo-named-run.ts';

export interface UndoInput {
  user: string;
  /** World time at which it was asked: the same request taken up again finds the plan that it made. */
  at: number;
  /** The only incident with something to undo when absent. */
  incident?: string;
  /** The run that is meant; only the newest one can be. */
  run?: string;
  reason?: string;
}

export interface UndoResult {
  incident: string;
  plan: Plan;
  /** The paused run that the approval of this plan aborts. */
  replaces?: string;
  /** Who may approve it. */
  mayApprove: string[];
  /** True when the same was asked for before and still waits: no other plan was made. */
  waitedAlready: boolean;
}

/**
 * Makes a plan that takes back what the run of an incident did, for a second person to approve like any other. Of a paused
 * run it takes the place. Throws InvalidInput when nothing can be undone, and says why, or while the run goes on.
 */
export async function undo(parts: UseCaseDependencies, input: UndoInput): Promise<UndoResult> {
  const { journal, clock, access } = parts;
  const none = 'No run has changed anything that can be taken back, so there is nothing to undo.';
  const state = await chooseIncident(journal, input.incident, mayBeMeant, none);
  assertMayUndo(parts, state, input);
  await assertNewestRun(journal, state, input.run);
  const replaces = activeRun(state)?.id;
  const result = (plan: Plan): UndoResult => ({
    incident: state.id,
    plan,
    ...(replaces === undefined ? {} : { replaces }),
    mayApprove: mayDecide(access, { plan }, { replaces }),
    waitedAlready: plan.requestedBy !== input.user || plan.createdAt < input.at,
  });
  const request = requestFor(state, input);
  const before =
    state.plans.find(
      ({ plan }) => plan.undoOf !== undefined && plan.requestedBy === input.user && plan.createdAt >= input.at,
    ) ?? sameWaiting(state, request, input.at);
  if (before) return result(before.plan);
  assertSomebodyApproves(access, request, replaces);
  const plan = await planned(parts, state, request);
  const { state: after } = await journal.decide(state.id, clock.now(), (now) => recordUndo(parts, now, plan, input));
  return result(after.plans.at(-1)?.plan ?? plan);
}

function mayBeMeant(state: IncidentState): boolean {
  return undoable(state).undo.length > 0 || (isPromoted(state) && !hasRecovered(state));
}

/** The plan; that it saw the replica promoted is recorded, so that nothing offers to undo the fence from then on. */
async function planned(parts: UseCaseDependencies, before: IncidentState, request: PlanRequest): Promise<Plan> {
  const { journal, clock } = parts;
  try {
    return await parts.makePlan(request);
  } catch (error) {
    if (errorCode(error) === SEEN_PROMOTED) {
      const { id: planId, requestedBy: by } = request;
      await journal.decide(before.id, clock.now(), (state) => {
        const isOver = isPromoted(state) || state.status === 'resolved' || nextPlanId(state) !== planId;
        return { events: isOver ? [] : [{ type: 'plan.failed', planId, by, error: failureOf(error) }] };
      });
    }
    throw error;
  }
}

function assertMayUndo(
  { access }: Pick<UseCaseDependencies, 'access'>,
  state: IncidentState,
  { user }: UndoInput,
): void {
  requireRole(access, state.system, ['start'], user, 'undo a run');
  if (state.status === 'resolved') {
    throw new InvalidInput('undo.resolved', `${state.id} is resolved, and what its run did is kept as it is.`);
  }
  const run = activeRun(state);
  if (run?.status === 'aborting') {
    throw new InvalidInput('undo.aborting', `${run.id} is being aborted. Ask again when it has ended.`);
  }
  if (run?.status === 'running') {
    throw new InvalidInput(
      'undo.running',
      `${run.id} goes on and still changes things. Pause it with \`/dr pause ${run.id}\`, or abort it with \`/dr abort ${state.id}\`, then ask again.`,
    );
  }
  assertMayPlan(state, { instead: true });
}

/** Pure: the run may have gone on, or ended, while the plan was made. */
function recordUndo(parts: Pick<UseCaseDependencies, 'access'>, state: IncidentState, plan: Plan, input: UndoInput) {
  assertMayUndo(parts, state, input);
  return recordPlan(state, plan, { instead: true });
}

function requestFor(state: IncidentState, { user, reason }: UndoInput) {
  const plan = planOf(state, state.run?.planId)?.plan;
  if (!state.run || !plan) {
    throw new InvalidInput('undo.nothing', `Nothing was run in ${state.id}, so there is nothing to undo.`);
  }
  const { runbook, mode, params } = plan;
  return {
    id: nextPlanId(state),
    incident: state.id,
    systemName: state.system,
    runbook,
    mode,
    params,
    undoOf: plan.undoOf ?? state.run.id,
    requestedBy: user,
    ...(reason === undefined ? {} : { reason }),
  };
}
