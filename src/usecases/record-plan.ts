import { isDeepStrictEqual } from 'node:util';
import { nameOf } from '../domain/approval.ts';
import { coolDownOf, coolDownWarning } from '../domain/cool-down.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { IncidentEvent } from '../domain/events.ts';
import { type IncidentState, nextRunId, type PlanState, planNumber } from '../domain/incident-state.ts';
import type { Plan } from '../domain/plan.ts';
import { isReadOnly } from '../domain/read-only.ts';
import { hasRecovered, onlyLooks } from '../domain/recovery.ts';
import { askAgain } from '../domain/start-line.ts';
import { waitingTimerIds, waitingTimers } from '../domain/timer-decision.ts';
import { undoable } from '../domain/undo.ts';
import type { Decision } from '../engine/ports.ts';
import { activeRun } from './find.ts';

/** World milliseconds in which a second request of the same kind is the same one; later, somebody wants to see it anew. */
const SAME_FOR = 2 * 60_000;

/**
 * The plan of the same kind that can still be decided on: the same runbook or undo, with the same parameters, in the same
 * mode, whoever asked for it, and made lately as of `at` (world milliseconds). Parameters that are not given are as that plan has them.
 */
export function sameWaiting(
  { plans }: Pick<IncidentState, 'plans'>,
  { runbook, mode, params, undoOf }: Pick<Plan, 'runbook' | 'mode' | 'params' | 'undoOf'>,
  at: number,
): PlanState | undefined {
  return plans.findLast(
    ({ plan, status }) =>
      status === 'awaiting approval' &&
      at - plan.createdAt <= SAME_FOR &&
      plan.runbook === runbook &&
      plan.mode === mode &&
      plan.undoOf === undoOf &&
      Object.entries(params).every(([name, value]) => isDeepStrictEqual(plan.params[name], value)),
  );
}

/**
 * Records a plan; those that still await approval give way to it, unless one of them is of the same kind: then nothing is
 * recorded, so that a second click takes no plan from whoever is deciding on it. Throws InvalidInput when that is too late, or when a run
 * is under way that the plan is not to be made `instead` of.
 */
export function recordPlan(state: IncidentState, plan: Plan, { instead = false } = {}): Decision {
  if (state.status === 'resolved') {
    throw new InvalidInput('plan.late', `${state.id} was resolved while the plan was made.`);
  }
  assertMayPlan(state, { instead, asked: plan });
  if (isReadOnly(plan)) assertNothingToTakeBack(state);
  if (sameWaiting(state, plan, plan.createdAt)) return { events: [] };
  const id = state.plans.some((entry) => entry.plan.id === plan.id) ? nextPlanId(state) : plan.id;
  const replaced = state.plans.filter(({ status }) => status === 'awaiting approval');
  const named = { ...plan, id };
  const begun = plan.verdict === 'ready' && !activeRun(state) && isReadOnly(plan) ? begin(state, named) : undefined;
  return {
    events: [
      ...replaced.map(
        (entry): IncidentEvent => ({
          type: 'plan.voided',
          planId: entry.plan.id,
          difference: [`${nameOf(plan.requestedBy)} asked for a newer plan, ${id}.`],
        }),
      ),
      { type: 'plan.created', plan: named },
      ...(begun ?? []),
    ],
    arm: plan.verdict === 'ready' && !begun ? waitingTimers(named) : [],
    disarm: replaced.flatMap(waitingTimerIds),
  };
}

/** Throws InvalidInput where a run that ended badly can still be undone: an incident offers that for its newest run alone. */
function assertNothingToTakeBack(state: IncidentState): void {
  const { id, run } = state;
  if (run?.status !== 'finished' || hasRecovered(state) || undoable(state).undo.length === 0) return;
  throw new InvalidInput(
    'plan.undo-first',
    `${run.id} has left changes that can be taken back: \`/dr undo ${id}\` plans that. Do it, or end the incident with \`/dr resolve ${id}\`, then look.`,
  );
}

/** What changes nothing is approved by being asked for, and starts with that. It locks nothing. */
function begin(state: IncidentState, { id, hash, requestedBy }: Plan): IncidentEvent[] {
  return [
    { type: 'plan.approved', planId: id, hash, by: requestedBy, signed: [] },
    { type: 'run.started', runId: nextRunId(state), planId: id, locks: [] },
  ];
}

/** `INC-1.p3` after `INC-1.p2`, also when making p2 failed. */
export function nextPlanId(state: IncidentState): string {
  const known = [...state.plans.map(({ plan }) => plan.id), ...(state.planFailure ? [state.planFailure.planId] : [])];
  return `${state.id}.p${Math.max(0, ...known.map(planNumber)) + 1}`;
}

/** Throws InvalidInput while a run is under way, unless the plan is made `instead` of it and nothing else waits for its end. */
export function assertMayPlan(
  state: IncidentState,
  { instead, asked }: { instead: boolean; asked?: Pick<Plan, 'runbook'> },
): void {
  const { id, system, plans, next } = state;
  const run = activeRun(state);
  if (!run) return;
  if (next) {
    throw new InvalidInput(
      'plan.next',
      `Plan ${next.planId} is already approved and starts as ${next.runId} when ${run.id} has ended. Follow it with \`/dr status ${id}\`.`,
    );
  }
  if (instead) return;
  const by = plans.find(({ plan }) => plan.id === run.planId)?.plan.requestedBy;
  const who = by ? `, asked for by ${nameOf(by)},` : '';
  throw new InvalidInput(
    'plan.run-active',
    `${run.id}${who} is already ${onlyLooks(state) ? 'looking at' : 'recovering'} ${system} (${run.status}). Follow it with \`/dr status ${id}\`, stop it with \`/dr abort ${id}\`, or ask for a plan in its place with \`${askAgain(system, asked)} --instead\`, which a commander asks for or approves.`,
  );
}

/**
 * A plan with what people should know before they approve it. `cooling` is the incident of the run that ended last; what
 * takes a run back follows it at once, and needs no such warning.
 */
export function withWarnings(plan: Plan, cooling: IncidentState | undefined, now: number): Plan {
  const coolDown = coolDownOf(cooling, now);
  if (!coolDown || plan.undoOf !== undefined) return plan;
  return { ...plan, warnings: [...(plan.warnings ?? []), coolDownWarning(coolDown, now)] };
}
