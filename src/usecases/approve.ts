import { assertMayDecide } from '../domain/approval.ts';
import { errorCode, InvalidInput } from '../domain/errors.ts';
import { expiryTimer, expiryTimerId } from '../domain/escalation.ts';
import type { IncidentEvent } from '../domain/events.ts';
import { type IncidentState, type PlanState, planOf } from '../domain/incident-state.ts';
import { locksOf } from '../domain/locks.ts';
import type { Plan } from '../domain/plan.ts';
import type { Access } from '../domain/system.ts';
import type { Decision } from '../engine/ports.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { failureOf, nextPlanId } from './failover.ts';
import { activeRun, incidentOf, requireIncident } from './find.ts';
import { hasFallenSilent, lookTwice } from './second-look.ts';

export interface ApproveInput {
  planId: string;
  user: string;
}

export type ApproveResult =
  | { status: 'approved'; runId: string; plan: Plan }
  /** What was signed for is no longer true; `fresh` is the plan that took its place. */
  | { status: 'voided'; difference: string[]; fresh: Plan | undefined };

/**
 * Approves a plan and starts its run, in one decision with the run's locks, unless the live state differs from the
 * plan: then the plan is voided and a new one takes its place. That somebody approves is recorded first, so that
 * everybody sees it while the live state is read again (2 s, twice at most). Throws InvalidInput when this person may not, or not
 * now; what the planner throws is recorded, and the plan waits as before.
 */
export async function approve(parts: UseCaseDependencies, input: ApproveInput): Promise<ApproveResult> {
  const { journal, clock } = parts;
  const state = await requireIncident(journal, incidentOf(input.planId));
  const mine = approvedBy(state, input);
  if (mine) return mine;
  const { state: begun } = await journal.decide(state.id, clock.now(), (now) =>
    beginApproval(parts.access, now, input),
  );
  try {
    return await compareAndDecide(parts, begun, input);
  } catch (error) {
    // Should this, too, go unrecorded, the card says after a while that nothing came of it.
    await journal.decide(state.id, clock.now(), (now) => approvalFailed(now, input, error)).catch(() => undefined);
    throw error;
  }
}

async function compareAndDecide(
  parts: UseCaseDependencies,
  state: IncidentState,
  input: ApproveInput,
): Promise<ApproveResult> {
  const { journal, clock, queue } = parts;
  const { plan } = requirePlan(state, input.planId);
  const { fresh, difference } = await compare(parts, plan, nextPlanId(state));
  const decide = (now: IncidentState) =>
    difference.length > 0
      ? voidPlan(parts.access, now, input, { difference, fresh })
      : startRun(parts.access, now, input);
  const { state: after } = await journal.decide(state.id, clock.now(), decide).catch((error: unknown) => {
    throw errorCode(error) === 'lock.held' ? lockHeld(error, input.planId) : error;
  });
  if (difference.length > 0) {
    return { status: 'voided', difference, fresh: after.plans.find((entry) => entry.plan.id === fresh.id)?.plan };
  }
  await queue.wake(state.id);
  return { status: 'approved', runId: runIdFor(state), plan };
}

/** The same plan made anew, and how it differs. */
async function compare(
  { makePlan, planDifference }: UseCaseDependencies,
  plan: Plan,
  id: string,
): Promise<{ fresh: Plan; difference: string[] }> {
  const makeAgain = () =>
    makePlan({
      id,
      incident: plan.incident,
      systemName: plan.systemName,
      runbook: plan.runbook,
      mode: plan.mode,
      params: plan.params,
      ...(plan.reason === undefined ? {} : { reason: plan.reason }),
      requestedBy: plan.requestedBy,
    });
  const fresh = await lookTwice(makeAgain, (now) => hasFallenSilent(plan, now) && planDifference(plan, now).length > 0);
  return { fresh, difference: planDifference(plan, fresh) };
}

/** Pure: everybody is to see who approves while the live state is compared with the plan. */
export function beginApproval(access: Access, state: IncidentState, input: ApproveInput): Decision {
  assertMayApprove(access, state, input);
  return { events: [{ type: 'plan.approval-begun', planId: input.planId, by: input.user }] };
}

/** Pure: why an approval came to nothing; nothing when the plan was decided on meanwhile. */
export function approvalFailed(state: IncidentState, { planId, user }: ApproveInput, error: unknown): Decision {
  if (planOf(state, planId)?.status !== 'awaiting approval' || state.status === 'resolved') return { events: [] };
  return { events: [{ type: 'plan.approval-failed', planId, by: user, error: failureOf(error) }] };
}

/** Pure: throws unless this person may approve this plan of this incident now. */
export function assertMayApprove(
  access: Access,
  state: IncidentState,
  { planId, user }: { planId: string; user: string },
): PlanState {
  const entry = requirePlan(state, planId);
  if (entry.status === 'refused') {
    const failed = entry.plan.guards.filter(({ passed }) => !passed).map(({ title }) => title);
    throw new InvalidInput(
      'approval.refused',
      `Plan ${planId} cannot be approved: ${failed.join('; ') || 'a guard failed'}. Mend that, then ask for a new plan.`,
    );
  }
  if (entry.status === 'voided' || entry.status === 'expired') {
    const newer = state.plans.findLast(({ status }) => status === 'awaiting approval')?.plan.id;
    const next = newer ? `Decide on ${newer} instead.` : `Ask for a new plan: \`/dr failover ${state.system}\`.`;
    throw new InvalidInput('approval.late', `Plan ${planId} is ${entry.status} and nothing was started. ${next}`);
  }
  assertMayDecide(access, entry, user);
  if (state.status === 'resolved') {
    throw new InvalidInput(
      'approval.resolved',
      `${state.id} is resolved, so plan ${planId} cannot be started any more.`,
    );
  }
  const run = activeRun(state);
  if (run) throw new InvalidInput('approval.run-active', `${run.id} of ${state.system} is already ${run.status}.`);
  return entry;
}

/** Pure: approval, start and locks in one decision. */
export function startRun(
  access: Access,
  state: IncidentState,
  { planId, user }: { planId: string; user: string },
): Decision {
  const { plan } = assertMayApprove(access, state, { planId, user });
  const runId = runIdFor(state);
  const locks = locksOf(plan);
  const signed = plan.signatures.map(({ kind, subject }) => `${kind}:${subject}`);
  return {
    events: [
      { type: 'plan.approved', planId, hash: plan.hash, by: user, signed },
      { type: 'run.started', runId, planId, locks },
    ],
    lock: { owner: runId, names: locks },
    disarm: [expiryTimerId(planId)],
  };
}

/** Pure: what was planned is no longer true, so the approval does not count and a fresh plan is shown instead. */
export function voidPlan(
  access: Access,
  state: IncidentState,
  { planId, user }: { planId: string; user: string },
  { difference, fresh }: { difference: string[]; fresh: Plan },
): Decision {
  assertMayApprove(access, state, { planId, user });
  const events: IncidentEvent[] = [{ type: 'plan.voided', planId, difference }];
  // Somebody asked for another plan meanwhile: theirs is newer, and ids are never used twice.
  const taken = state.plans.some((entry) => entry.plan.id === fresh.id);
  if (!taken) events.push({ type: 'plan.created', plan: fresh });
  const arm = !taken && fresh.verdict === 'ready' ? [expiryTimer(fresh.id, fresh.createdAt)] : [];
  return { events, arm, disarm: [expiryTimerId(planId)] };
}

/** `INC-1.r1`, and `.r2` for a second run after the first has ended. */
export function runIdFor(state: IncidentState): string {
  return `${state.id}.r${state.plans.filter(({ status }) => status === 'approved').length + 1}`;
}

export function requirePlan(state: IncidentState, planId: string): PlanState {
  const entry = planOf(state, planId);
  if (entry) return entry;
  const known = state.plans.map(({ plan }) => plan.id).join(', ');
  throw new InvalidInput(
    'plan.unknown',
    `There is no plan ${planId}. ${known ? `${state.id} has ${known}.` : ''}`.trim(),
  );
}

/** The same person's approval, carried out before the answer got lost: told again instead of refused. */
function approvedBy(state: IncidentState, input: ApproveInput): ApproveResult | undefined {
  const entry = planOf(state, input.planId);
  if (entry?.status !== 'approved' || entry.decision?.by !== input.user || state.run?.planId !== input.planId) return;
  return { status: 'approved', runId: state.run.id, plan: entry.plan };
}

function lockHeld(error: unknown, planId: string): InvalidInput {
  const reason = error instanceof Error ? error.message : '';
  return new InvalidInput('approval.lock-held', `Plan ${planId} cannot start now: ${reason}`, { cause: error });
}
