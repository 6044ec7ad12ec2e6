import { describeError, errorCode, InvalidInput, LifeboatError, Retryable } from '../domain/errors.ts';
import { expiryTimer, expiryTimerId, tierTimer } from '../domain/escalation.ts';
import type { EventOf, Failure, IncidentEvent } from '../domain/events.ts';
import { type IncidentState, planNumber } from '../domain/incident-state.ts';
import type { Plan } from '../domain/plan.ts';
import type { Mode } from '../domain/runbook.ts';
import type { System } from '../domain/system.ts';
import type { Decision, NewTimer } from '../engine/ports.ts';
import type { RunbookSummary, UseCaseDependencies } from './dependencies.ts';
import { activeRun, openIncidentOf, requireRole, requireSystem } from './find.ts';
import { hasUnmeasuredGuard, lookTwice } from './second-look.ts';

/** The runbook that `failover` stands for in every system. */
export const FAILOVER_RUNBOOK = 'region-failover';

export interface FailoverInput {
  user: string;
  /** World time at which it was asked: the same request taken up again finds what it already did. */
  at: number;
  system: string;
  to?: string;
  mode: Mode;
  reason?: string;
}

export interface FailoverResult {
  incident: string;
  plan: Plan;
  /** True when the incident was already open. */
  joined: boolean;
}

/**
 * Declares an incident (or joins the one that is open for this system) and makes a plan of its failover. Throws
 * InvalidInput when a run is under way, and what the planner threw after `plan.failed` was recorded.
 */
export async function failover(parts: UseCaseDependencies, input: FailoverInput): Promise<FailoverResult> {
  const system = requireSystem(parts.systems, input.system);
  requireRole(parts.access, input.system, ['start'], input.user, 'start a failover');
  requireRegion(system, input);
  const runbook = requireRunbook(parts, input);
  const { state, joined } = await declare(parts, system, runbook, input);
  assertNoRun(state);
  const before = state.plans.find(({ plan }) => plan.requestedBy === input.user && plan.createdAt >= input.at);
  if (before) return { incident: state.id, plan: before.plan, joined };
  const plan = await planIn(parts, state, {
    runbook: FAILOVER_RUNBOOK,
    mode: input.mode,
    params: input.to === undefined ? {} : { to: input.to },
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    requestedBy: input.user,
  });
  return { incident: state.id, plan, joined };
}

/** Finds the open incident of the system or opens one, with the timers of its tiers. */
async function declare(parts: UseCaseDependencies, system: System, runbook: RunbookSummary, input: FailoverInput) {
  const { journal, clock } = parts;
  const found = await openIncidentOf(journal, input.system);
  if (found) return { state: found, joined: true };
  const now = clock.now();
  const detectedAt = Math.min(now, (await parts.detectedAt(input.system)) ?? now);
  const event = declared(system, runbook, input, { detectedAt, channel: parts.incidentChannel });
  try {
    await journal.open(input.system, now, (incident) => ({ events: [event], arm: tierTimers(incident, event) }));
  } catch (error) {
    // Somebody else declared it in the same instant: theirs is joined.
    if (errorCode(error) !== 'incident.open') throw error;
  }
  const state = await openIncidentOf(journal, input.system);
  if (!state)
    throw new Retryable('incident.gone', `The incident of ${input.system} was resolved while it was declared.`);
  return { state, joined: false };
}

/** Pure: when each tier is due, from detection on. */
export function tierTimers(incident: string, event: EventOf<'incident.declared'>): NewTimer[] {
  return event.tiers.map(({ tier, afterSeconds }) =>
    tierTimer(incident, { tier, dueAt: event.detectedAt + afterSeconds * 1000 }),
  );
}

function declared(
  system: System,
  runbook: RunbookSummary,
  input: FailoverInput,
  more: { detectedAt: number; channel: string },
): EventOf<'incident.declared'> {
  return {
    type: 'incident.declared',
    system: input.system,
    title: input.mode === 'planned' ? `Planned failover of ${system.title}` : `${system.title}: ${runbook.title}`,
    severity: runbook.severity,
    by: input.user,
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    ...more,
    tiers: system.escalation.map(({ tier, after, action, contact }) => ({
      tier,
      afterSeconds: after,
      action,
      contact,
    })),
  };
}

/** Makes the next plan of an incident and records it, or that it could not be made. */
async function planIn(
  parts: UseCaseDependencies,
  state: IncidentState,
  wanted: { runbook: string; mode: Mode; params: Plan['params']; reason?: string; requestedBy: string },
): Promise<Plan> {
  const { journal, clock } = parts;
  const id = nextPlanId(state);
  const make = () => parts.makePlan({ id, incident: state.id, systemName: state.system, ...wanted });
  const plan = await lookTwice(make, hasUnmeasuredGuard).catch(async (error: unknown) => {
    const event = planFailed(id, wanted, error);
    await journal.decide(state.id, clock.now(), () => ({ events: [event] }));
    throw error;
  });
  const { state: after } = await journal.decide(state.id, clock.now(), (now) => recordPlan(now, plan));
  return after.plans.at(-1)?.plan ?? plan;
}

function planFailed(
  planId: string,
  { mode, params, reason, requestedBy }: Pick<Plan, 'mode' | 'params' | 'requestedBy'> & { reason?: string },
  error: unknown,
): IncidentEvent {
  const { to } = params;
  const asked = {
    mode,
    ...(typeof to === 'string' ? { to } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  return { type: 'plan.failed', planId, by: requestedBy, error: failureOf(error), asked };
}

/** What the journal keeps of an error; messages of foreign errors stay in the log. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof LifeboatError ? describeError(error) : 'Something unexpected failed.';
  return { code: errorCode(error), message };
}

/** Records a plan; those that still await approval give way to it. Throws InvalidInput when that is too late. */
export function recordPlan(state: IncidentState, plan: Plan): Decision {
  if (state.status === 'resolved') {
    throw new InvalidInput('plan.late', `${state.id} was resolved while the plan was made.`);
  }
  assertNoRun(state);
  const id = state.plans.some((entry) => entry.plan.id === plan.id) ? nextPlanId(state) : plan.id;
  const replaced = state.plans.filter(({ status }) => status === 'awaiting approval').map((entry) => entry.plan.id);
  return {
    events: [
      ...replaced.map(
        (planId): IncidentEvent => ({
          type: 'plan.voided',
          planId,
          difference: [`${mentionOf(plan)} asked for a newer plan, ${id}.`],
        }),
      ),
      { type: 'plan.created', plan: { ...plan, id } },
    ],
    arm: plan.verdict === 'ready' ? [expiryTimer(id, plan.createdAt)] : [],
    disarm: replaced.map(expiryTimerId),
  };
}

/** `INC-1.p3` after `INC-1.p2`, also when making p2 failed. */
export function nextPlanId(state: IncidentState): string {
  const known = [...state.plans.map(({ plan }) => plan.id), ...(state.planFailure ? [state.planFailure.planId] : [])];
  return `${state.id}.p${Math.max(0, ...known.map(planNumber)) + 1}`;
}

function assertNoRun(state: IncidentState): void {
  const run = activeRun(state);
  if (!run) return;
  const by = state.plans.find(({ plan }) => plan.id === run.planId)?.plan.requestedBy;
  const who = by ? `, asked for by <@${by}>,` : '';
  throw new InvalidInput(
    'plan.run-active',
    `${run.id}${who} is already recovering ${state.system} (${run.status}). Follow it with \`/dr status ${state.id}\`, or stop it first with \`/dr abort ${state.id}\`.`,
  );
}

function requireRunbook(parts: UseCaseDependencies, input: FailoverInput): RunbookSummary {
  const runbook = parts.runbook(input.system, FAILOVER_RUNBOOK);
  if (!runbook) {
    throw new InvalidInput(
      'runbook.unknown',
      `${input.system} has no usable runbook ${FAILOVER_RUNBOOK}. See \`/dr status ${input.system}\` for what is wrong with it.`,
    );
  }
  if (runbook.mode.includes(input.mode)) return runbook;
  throw new InvalidInput(
    'runbook.mode',
    `The runbook ${input.system}/${FAILOVER_RUNBOOK} has no ${input.mode} mode. It has ${runbook.mode.join(' and ')}.`,
  );
}

/** The runbook promotes the replica: in any other region it would page people for a plan that can never work. */
function requireRegion(system: System, input: FailoverInput): void {
  const { replica, primary } = system.database;
  if (input.to === undefined || input.to === replica.region) return;
  const why =
    input.to === primary.region
      ? `${input.to} is where the primary database of ${input.system} is, so there is nothing to promote there`
      : `${input.system} is not prepared for ${input.to}`;
  throw new InvalidInput(
    'system.region',
    `${why}. It can go to ${replica.region}, where system.yaml has its replica (${replica.instance}).`,
  );
}

function mentionOf(plan: Plan): string {
  return `<@${plan.requestedBy}>`;
}
