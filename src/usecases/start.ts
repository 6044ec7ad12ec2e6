import type { JsonObject } from '../domain/action.ts';
import { assertSomebodyApproves, mayDecide } from '../domain/approval.ts';
import type { AskedFor, IncidentEvent } from '../domain/events.ts';
import { failureOf } from '../domain/failure.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { resolveParameters } from '../domain/parameters.ts';
import type { Plan } from '../domain/plan.ts';
import { isReadOnly } from '../domain/read-only.ts';
import type { Mode } from '../domain/runbook.ts';
import { FAILOVER_RUNBOOK } from '../domain/start-line.ts';
import { assertOnePrimary, mayPromoteAnother, movedBy, requireRegion } from './check-failover.ts';
import { requireNotMoved } from './check-restore.ts';
import { requireRunbook } from './check-start.ts';
import { coolingIncident } from './cooling.ts';
import { declare } from './declare.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { activeRun, requireRole, requireSystem } from './find.ts';
import { assertMayPlan, nextPlanId, recordPlan, sameWaiting, withWarnings } from './record-plan.ts';
import { hasUnmeasuredGuard, lookTwice } from './second-look.ts';

/** Which runbook is wanted, whoever wants it. */
export interface Wanted {
  /** World time at which it was asked: the same request taken up again finds what it already did. */
  at: number;
  system: string;
  runbook: string;
  /** Absent: the first that the runbook has. */
  mode?: Mode | undefined;
  /** As typed; the runbook's defaults fill the rest. */
  params: JsonObject;
  reason?: string | undefined;
}

export interface StartInput extends Wanted {
  user: string;
  /** In place of the run under way: a commander who approves the plan aborts that one first. */
  instead?: boolean;
}

export interface Started {
  incident: string;
  plan: Plan;
  /** True when the incident was already open. */
  joined: boolean;
  /** The run under way that the approval of this plan would abort. */
  replaces?: string;
  /** The run of a plan that changes nothing, which has begun already: nobody approves it. */
  runId?: string;
  /** Users are served all the same, as the plan or the observer has seen. */
  usersServed: boolean;
  /** Who may approve it. */
  mayApprove: string[];
  /** True when the same was asked for before and still waits: no other plan was made. */
  waitedAlready: boolean;
}

/**
 * Declares an incident (or joins the one that is open for this system) and makes a plan of one of its runbooks. A plan
 * that changes nothing starts at once. Throws InvalidInput when the runbook or a parameter is wrong, when a run is under
 * way and it is not wanted `instead`, and what the planner threw after `plan.failed` was recorded.
 */
export async function start(parts: UseCaseDependencies, input: StartInput): Promise<Started> {
  const { user, instead = false, system, runbook } = input;
  requireSystem(parts.systems, system);
  const deed = runbook === FAILOVER_RUNBOOK ? 'start a failover' : 'start a runbook';
  requireRole(parts.access, system, ['start'], user, deed);
  return declareAndPlan(parts, input, { by: user, instead });
}

/** The same, in the name of whoever or whatever asks: `by`. */
export async function declareAndPlan(
  parts: UseCaseDependencies,
  wanted: Wanted,
  { by, instead }: { by: string; instead: boolean },
): Promise<Started> {
  const system = requireSystem(parts.systems, wanted.system);
  const { reason, params } = wanted;
  const runbook = requireRunbook(parts, wanted);
  const mode = wanted.mode ?? runbook.mode[0] ?? 'emergency';
  const asked: Asked = {
    runbook: wanted.runbook,
    mode,
    params,
    ...(reason === undefined ? {} : { reason }),
    requestedBy: by,
  };
  if (mayPromoteAnother({ ...runbook, name: wanted.runbook })) {
    const moved = await movedBy(parts, wanted.system);
    if (wanted.runbook === FAILOVER_RUNBOOK) {
      requireRegion(system, { system: wanted.system, to: textOr(params.to) }, moved);
    }
    assertOnePrimary(system, { runbook: { ...runbook, name: wanted.runbook }, params }, moved);
  }
  if (runbook.restores) await requireNotMoved(parts, system);
  resolveParameters(runbook, params, { system, mode });
  const { state, joined } = await declare(parts, { system, runbook, asked: { ...asked, system: wanted.system, by } });
  // A request that is taken up again finds what it did, also a run of its own that has begun.
  const mine = state.plans.find(
    ({ plan }) => plan.requestedBy === by && plan.createdAt >= wanted.at && plan.runbook === wanted.runbook,
  );
  if (!mine) assertMayPlan(state, { instead, asked });
  const replaces = activeRun(state)?.id;
  const before = mine ?? sameWaiting(state, asked, wanted.at);
  if (!before && replaces !== undefined) {
    assertSomebodyApproves(parts.access, { systemName: state.system, requestedBy: by }, replaces);
  }
  const { plan, after } = before ? { plan: before.plan, after: state } : await planIn(parts, state, { instead, asked });
  const begun = isReadOnly(plan) && after.run?.planId === plan.id ? after.run.id : undefined;
  if (begun !== undefined) await parts.queue.wake(state.id);
  return {
    incident: state.id,
    plan,
    joined,
    ...(replaces === undefined || begun !== undefined ? {} : { replaces }),
    ...(begun === undefined ? {} : { runId: begun }),
    usersServed: usersServed(state, plan),
    mayApprove: mayDecide(parts.access, before ?? { plan }, { replaces }),
    waitedAlready: plan.requestedBy !== by || plan.createdAt < wanted.at,
  };
}

/** Whether users are served, as the look at the service's health in the plan has it, or else the observer's. */
export function usersServed({ users }: IncidentState, { steps }: Plan): boolean {
  const looks = steps.flatMap(({ uses, observation }) =>
    uses === 'http.check' && observation.state === 'observed'
      ? [{ ...observation.facts, ...observation.measurements }.healthy === true]
      : [],
  );
  return looks.length > 0 ? looks.every(Boolean) : users?.served === true;
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
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
): Promise<{ plan: Plan; after: IncidentState }> {
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
  return { plan: after.plans.at(-1)?.plan ?? plan, after };
}

function planFailed(
  planId: string,
  { runbook, mode, params, reason, requestedBy }: Asked,
  error: unknown,
): IncidentEvent {
  const asked: AskedFor = { runbook, mode, params, ...(reason === undefined ? {} : { reason }) };
  return { type: 'plan.failed', planId, by: requestedBy, error: failureOf(error), asked };
}
