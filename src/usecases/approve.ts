import { assertMayDecide } from '../domain/approval.ts';
import { InvalidInput, LockHeld } from '../domain/errors.ts';
import type { IncidentEvent } from '../domain/events.ts';
import { failureOf } from '../domain/failure.ts';
import { type IncidentState, nextRunId, type PlanState, planOf } from '../domain/incident-state.ts';
import { locksOf } from '../domain/locks.ts';
import type { Plan } from '../domain/plan.ts';
import { overrideLine } from '../domain/refused-plan.ts';
import { askAgain } from '../domain/start-line.ts';
import type { Access } from '../domain/system.ts';
import { waitingTimerIds, waitingTimers } from '../domain/timer-decision.ts';
import type { Decision } from '../engine/ports.ts';
import { abortRun } from './abort.ts';
import { coolingIncident } from './cooling.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { activeRun, incidentOf, requireIncident, requirePlan } from './find.ts';
import { nextPlanId, withWarnings } from './record-plan.ts';
import { hasFallenSilent, lookTwice } from './second-look.ts';

export interface ApproveInput {
  planId: string;
  user: string;
}

export type ApproveResult =
  /** `replaces`: the run that is aborted first; `runId` starts when that one has ended. */
  | { status: 'approved'; runId: string; plan: Plan; replaces?: string }
  /** What was signed for is no longer true; `fresh` is the plan that took its place. */
  | { status: 'voided'; difference: string[]; fresh: Plan | undefined };

/**
 * Approves a plan and starts its run, in one decision with the run's locks (or, while another run of the incident is under
 * way, aborts that one first), unless the live state differs from the plan: then the plan is voided and a new one takes
 * its place. That somebody approves is recorded first, so that everybody sees it while the live state is read again (2 s,
 * twice at most). Throws InvalidInput when this person may not, or not now; what the planner throws is recorded, and the
 * plan waits as before.
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
  const { fresh, difference } = await compare(parts, state, plan);
  const decide = (now: IncidentState) =>
    difference.length > 0
      ? voidPlan(parts.access, now, input, { difference, fresh })
      : startRun(parts.access, now, input);
  const { state: after } = await journal.decide(state.id, clock.now(), decide).catch(async (error: unknown) => {
    throw error instanceof LockHeld ? await lockHeld(journal, error, input.planId) : error;
  });
  if (difference.length > 0) {
    return { status: 'voided', difference, fresh: after.plans.find((entry) => entry.plan.id === fresh.id)?.plan };
  }
  await queue.wake(state.id);
  const { next, run } = after;
  if (next?.planId !== plan.id) return { status: 'approved', runId: run?.id ?? '', plan };
  return { status: 'approved', runId: next.runId, plan, ...(run ? { replaces: run.id } : {}) };
}

/**
 * The same plan made anew, and how it differs. What a run under way has begun to write is expected to be another than
 * when this plan was made beside it.
 */
async function compare(
  parts: UseCaseDependencies,
  state: IncidentState,
  plan: Plan,
): Promise<{ fresh: Plan; difference: string[] }> {
  const { makePlan, clock } = parts;
  const touched = touchedBy(state);
  const planDifference = (approved: Plan, now: Plan) => parts.planDifference(approved, now, { touched });
  const makeAgain = () =>
    makePlan({
      id: nextPlanId(state),
      incident: plan.incident,
      systemName: plan.systemName,
      runbook: plan.runbook,
      mode: plan.mode,
      params: plan.params,
      ...(plan.reason === undefined ? {} : { reason: plan.reason }),
      requestedBy: plan.requestedBy,
      ...(plan.undoOf === undefined ? {} : { undoOf: plan.undoOf }),
    });
  const fresh = await lookTwice(makeAgain, (now) => hasFallenSilent(plan, now) && planDifference(plan, now).length > 0);
  const now = clock.now();
  const cooling = await coolingIncident(parts, plan.systemName, now);
  return { fresh: withWarnings(fresh, cooling, now), difference: planDifference(plan, fresh) };
}

/** What the run under way has written or may have, as `writes` names it. */
function touchedBy(state: IncidentState): ReadonlySet<string> {
  const run = activeRun(state);
  const steps = planOf(state, run?.planId)?.plan.steps ?? [];
  return new Set(steps.flatMap(({ id, writes }) => (run && (run.steps[id]?.attempts ?? 0) > 0 ? writes : [])));
}

/** Pure: everybody is to see who approves while the live state is compared with the plan. */
function beginApproval(access: Access, state: IncidentState, input: ApproveInput): Decision {
  assertMayApprove(access, state, input);
  return { events: [{ type: 'plan.approval-begun', planId: input.planId, by: input.user }] };
}

/** Pure: why an approval came to nothing; nothing when the plan was decided on meanwhile. */
function approvalFailed(state: IncidentState, { planId, user }: ApproveInput, error: unknown): Decision {
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
    const line = overrideLine(entry);
    const override = line === undefined ? '' : `, or a commander passes it with ${line}`;
    throw new InvalidInput(
      'approval.refused',
      `Plan ${planId} cannot be approved: ${failed.join('; ') || 'a guard failed'}. Mend that, then ask for a new plan${override}.`,
    );
  }
  if (entry.status === 'voided' || entry.status === 'expired') {
    const newer = state.plans.findLast(({ status }) => status === 'awaiting approval')?.plan.id;
    const again = entry.plan.undoOf === undefined ? askAgain(state.system, entry.plan) : `/dr undo ${state.id}`;
    const next = newer ? `Decide on ${newer} instead.` : `Ask for a new plan: \`${again}\`.`;
    throw new InvalidInput('approval.late', `Plan ${planId} is ${entry.status} and nothing was started. ${next}`);
  }
  const run = activeRun(state);
  // Only of the run that it would take the place of: its own, or one that something waits for already, is told below.
  assertMayDecide(access, entry, user, { replaces: state.next ? undefined : run?.id });
  if (state.status === 'resolved') {
    throw new InvalidInput(
      'approval.resolved',
      `${state.id} is resolved, so plan ${planId} cannot be started any more.`,
    );
  }
  assertNothingWaits(state);
  return entry;
}

/** One run at a time waits for the end of the one under way. */
function assertNothingWaits({ next, run }: IncidentState): void {
  if (!next) return;
  throw new InvalidInput(
    'approval.next',
    `Plan ${next.planId} is already approved and starts as ${next.runId} when ${run?.id ?? 'the run under way'} has ended.`,
  );
}

/** Pure: approval, start and locks in one decision; of a plan that replaces a run: its abort and approval. */
function startRun(access: Access, state: IncidentState, { planId, user }: { planId: string; user: string }): Decision {
  const entry = assertMayApprove(access, state, { planId, user });
  const { plan } = entry;
  const signed = plan.signatures.map(({ kind, subject }) => `${kind}:${subject}`);
  const approved = { type: 'plan.approved' as const, planId, hash: plan.hash, by: user, signed };
  const run = activeRun(state);
  if (run) {
    const abort = run.status === 'aborting' ? undefined : abortRun(run, user, `replaced by ${planId}`);
    // Its own timers go when it starts: until then it may have to wait for an approval again.
    return {
      events: [...(abort?.events ?? []), { ...approved, replaces: run.id }],
      disarm: abort?.disarm ?? [],
    };
  }
  const runId = nextRunId(state);
  const locks = locksOf(plan);
  return {
    events: [approved, { type: 'run.started', runId, planId, locks }],
    lock: { owner: runId, names: locks },
    disarm: waitingTimerIds(entry),
  };
}

/** Pure: what was planned is no longer true, so the approval does not count and a fresh plan is shown instead. */
function voidPlan(
  access: Access,
  state: IncidentState,
  { planId, user }: { planId: string; user: string },
  { difference, fresh }: { difference: string[]; fresh: Plan },
): Decision {
  const entry = assertMayApprove(access, state, { planId, user });
  const events: IncidentEvent[] = [{ type: 'plan.voided', planId, difference }];
  // Somebody asked for another plan meanwhile: theirs is newer, and ids are never used twice.
  const taken = state.plans.some((entry) => entry.plan.id === fresh.id);
  if (!taken) events.push({ type: 'plan.created', plan: fresh });
  const arm = !taken && fresh.verdict === 'ready' ? waitingTimers(fresh) : [];
  return { events, arm, disarm: waitingTimerIds(entry) };
}

/** The same person's approval, carried out before the answer got lost: told again instead of refused. */
function approvedBy(state: IncidentState, input: ApproveInput): ApproveResult | undefined {
  const entry = planOf(state, input.planId);
  if (entry?.status !== 'approved' || entry.decision?.by !== input.user) return undefined;
  const { run, next } = state;
  if (run?.planId === input.planId) return { status: 'approved', runId: run.id, plan: entry.plan };
  if (next?.planId !== input.planId || !run) return undefined;
  return { status: 'approved', runId: next.runId, plan: entry.plan, replaces: run.id };
}

/** One sentence that names what is held, by which run, and who let that start. */
async function lockHeld(
  journal: UseCaseDependencies['journal'],
  error: LockHeld,
  planId: string,
): Promise<InvalidInput> {
  const { name, owner, incident } = error.held;
  const other = await journal.state(incident);
  const entry = other?.plans.find(({ plan }) => plan.id === other.run?.planId);
  const by = other?.run?.id === owner && entry?.decision ? `, approved by <@${entry.decision.by}>` : '';
  const whose = other ? `${incident}, ${other.system}${by}` : incident;
  return new InvalidInput(
    'approval.lock-held',
    `Plan ${planId} cannot start now: ${owner} (${whose}) is changing ${name}; wait until it has ended, or stop it with \`/dr abort ${incident}\`, then approve again.`,
    { cause: error },
  );
}
