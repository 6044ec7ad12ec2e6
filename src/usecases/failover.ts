import { assertSomebodyApproves, mayDecide } from '../domain/approval.ts';
import { coolDownOf } from '../domain/cool-down.ts';
import { errorCode, Retryable } from '../domain/errors.ts';
import { tierTimer } from '../domain/escalation.ts';
import type { EventOf, IncidentEvent } from '../domain/events.ts';
import { failureOf } from '../domain/failure.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Plan } from '../domain/plan.ts';
import type { Mode } from '../domain/runbook.ts';
import type { System } from '../domain/system.ts';
import type { NewTimer } from '../engine/ports.ts';
import { FAILOVER_RUNBOOK, movedBy, requireRegion, requireRunbook } from './check-failover.ts';
import { coolingIncident } from './cooling.ts';
import type { RunbookSummary, UseCaseDependencies } from './dependencies.ts';
import { activeRun, openIncidentOf, requireRole, requireSystem } from './find.ts';
import { assertMayPlan, nextPlanId, recordPlan, sameWaiting, withWarnings } from './record-plan.ts';
import { hasUnmeasuredGuard, lookTwice } from './second-look.ts';

/** What is wanted, whoever wants it. */
interface Wanted {
  /** World time at which it was asked: the same request taken up again finds what it already did. */
  at: number;
  system: string;
  to?: string;
  mode: Mode;
  reason?: string;
}

export interface FailoverInput extends Wanted {
  user: string;
  /** In place of the run under way: a commander who approves the plan aborts that one first. */
  instead?: boolean;
}

export interface AutomaticInput extends Wanted {
  /** What wants it, as people read it: `CloudWatch alarm chatbot-5xx`. */
  trigger: string;
}

export interface FailoverResult {
  incident: string;
  plan: Plan;
  /** True when the incident was already open. */
  joined: boolean;
  /** The run under way that the approval of this plan would abort. */
  replaces?: string;
  /** Users are served all the same, as the plan or the observer has seen. */
  usersServed: boolean;
  /** Who may approve it. */
  mayApprove: string[];
  /** True when the same was asked for before and still waits: no other plan was made. */
  waitedAlready: boolean;
}

/**
 * Nothing was started, and the incident whose run is under way or has just ended says so. `until`: the end of the
 * cool-down, world epoch milliseconds; absent while the run is under way.
 */
export interface HeldBack {
  heldBack: { incident: string; until?: number };
}

/**
 * Declares an incident (or joins the one that is open for this system) and makes a plan of its failover. Throws
 * InvalidInput when a run is under way and it is not wanted `instead`, and what the planner threw after `plan.failed` was
 * recorded.
 */
export async function failover(parts: UseCaseDependencies, input: FailoverInput): Promise<FailoverResult> {
  const { user, instead = false } = input;
  requireSystem(parts.systems, input.system);
  requireRole(parts.access, input.system, ['start'], user, 'start a failover');
  return declareAndPlan(parts, input, { by: user, instead });
}

/**
 * What an alarm or a schedule starts: declared and planned in its name, and approved by people as any other. Held back
 * while a run is under way and in the cool-down after it, on the record, once for each trigger. A plan that people can
 * already decide on is left to them.
 */
export async function automaticFailover(
  parts: UseCaseDependencies,
  input: AutomaticInput,
): Promise<FailoverResult | HeldBack> {
  const { journal, clock } = parts;
  requireSystem(parts.systems, input.system);
  const cooling = await coolingIncident(parts, input.system, clock.now());
  const heldBack = cooling && (await holdBack(parts, cooling.id, input.trigger));
  if (heldBack) return { heldBack };
  const newest = await openIncidentOf(journal, input.system);
  const waiting = newest?.plans.findLast(({ status }) => status === 'awaiting approval');
  if (newest && waiting) {
    const mayApprove = mayDecide(parts.access, waiting);
    const { plan } = waiting;
    return {
      incident: newest.id,
      plan,
      joined: true,
      usersServed: usersServed(newest, plan),
      mayApprove,
      waitedAlready: true,
    };
  }
  return declareAndPlan(parts, input, { by: input.trigger, instead: false });
}

/** What holds an automatic start back, recorded; undefined: it may start. */
async function holdBack(
  { journal, clock }: UseCaseDependencies,
  incident: string,
  trigger: string,
): Promise<HeldBack['heldBack'] | undefined> {
  const now = clock.now();
  let held: HeldBack['heldBack'] | undefined;
  await journal.decide(incident, now, (state) => {
    const holding = whatHoldsBack(state, now);
    held = holding && { incident, ...holding.lasts };
    if (!holding || state.heldBack.some(({ trigger: same, at }) => same === trigger && at >= holding.since)) {
      return { events: [] };
    }
    return { events: [{ type: 'start.held-back', trigger, ...holding.lasts }] };
  });
  return held;
}

function whatHoldsBack(state: IncidentState, now: number): { since: number; lasts: { until?: number } } | undefined {
  const run = activeRun(state);
  if (run) return { since: run.startedAt, lasts: {} };
  const coolDown = coolDownOf(state, now);
  return coolDown && { since: coolDown.endedAt, lasts: { until: coolDown.until } };
}

async function declareAndPlan(
  parts: UseCaseDependencies,
  wanted: Wanted,
  { by, instead }: { by: string; instead: boolean },
): Promise<FailoverResult> {
  const system = requireSystem(parts.systems, wanted.system);
  requireRegion(system, wanted, await movedBy(parts, wanted.system));
  const runbook = requireRunbook(parts, wanted);
  const { state, joined } = await declare(parts, system, runbook, { ...wanted, by });
  assertMayPlan(state, instead);
  const replaces = activeRun(state)?.id;
  const { mode, to, reason } = wanted;
  const asked: Asked = {
    runbook: FAILOVER_RUNBOOK,
    mode,
    params: to === undefined ? {} : { to },
    ...(reason === undefined ? {} : { reason }),
    requestedBy: by,
  };
  const before =
    state.plans.find(({ plan }) => plan.requestedBy === by && plan.createdAt >= wanted.at) ??
    sameWaiting(state, asked, wanted.at);
  if (!before && replaces !== undefined) {
    assertSomebodyApproves(parts.access, { systemName: state.system, requestedBy: by }, replaces);
  }
  const plan = before?.plan ?? (await planIn(parts, state, { instead, asked }));
  return {
    incident: state.id,
    plan,
    joined,
    ...(replaces === undefined ? {} : { replaces }),
    usersServed: usersServed(state, plan),
    mayApprove: mayDecide(parts.access, before ?? { plan }, { replaces }),
    waitedAlready: plan.requestedBy !== by || plan.createdAt < wanted.at,
  };
}

/** Whether users are served, as the look at the service's health in the plan has it, or else the observer's. */
function usersServed({ users }: IncidentState, { steps }: Plan): boolean {
  const looks = steps.flatMap(({ uses, observation }) =>
    uses === 'http.check' && observation.state === 'observed'
      ? [{ ...observation.facts, ...observation.measurements }.healthy === true]
      : [],
  );
  return looks.length > 0 ? looks.every(Boolean) : users?.served === true;
}

/** Finds the open incident of the system or opens one, with the timers of its tiers. */
async function declare(
  parts: UseCaseDependencies,
  system: System,
  runbook: RunbookSummary,
  input: Wanted & { by: string },
) {
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
  input: Wanted & { by: string },
  more: { detectedAt: number; channel: string },
): EventOf<'incident.declared'> {
  return {
    type: 'incident.declared',
    system: input.system,
    title: input.mode === 'planned' ? `Planned failover of ${system.title}` : `${system.title}: ${runbook.title}`,
    severity: runbook.severity,
    by: input.by,
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

interface Asked {
  runbook: string;
  mode: Mode;
  params: Plan['params'];
  reason?: string;
  requestedBy: string;
}

/** Makes the next plan of an incident and records it, or that it could not be made. */
async function planIn(
  parts: UseCaseDependencies,
  state: IncidentState,
  { asked, instead }: { asked: Asked; instead: boolean },
): Promise<Plan> {
  const { journal, clock } = parts;
  const id = nextPlanId(state);
  const make = () => parts.makePlan({ id, incident: state.id, systemName: state.system, ...asked });
  const made = await lookTwice(make, hasUnmeasuredGuard).catch(async (error: unknown) => {
    const event = planFailed(id, asked, error);
    await journal.decide(state.id, clock.now(), () => ({ events: [event] }));
    throw error;
  });
  const now = clock.now();
  const plan = withWarnings(made, await coolingIncident(parts, state.system, now), now);
  const { state: after } = await journal.decide(state.id, now, (found) => recordPlan(found, plan, { instead }));
  return after.plans.at(-1)?.plan ?? plan;
}

function planFailed(planId: string, { mode, params, reason, requestedBy }: Asked, error: unknown): IncidentEvent {
  const { to } = params;
  const asked = {
    mode,
    ...(typeof to === 'string' ? { to } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  return { type: 'plan.failed', planId, by: requestedBy, error: failureOf(error), asked };
}
