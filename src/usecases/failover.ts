import { mayDecide } from '../domain/approval.ts';
import { coolDownOf } from '../domain/cool-down.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Mode } from '../domain/runbook.ts';
import { FAILOVER_RUNBOOK } from '../domain/start-line.ts';
import { coolingIncident } from './cooling.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { activeRun, openIncidentOf, requireSystem } from './find.ts';
import { declareAndPlan, type Started, type StartInput, start, usersServed, type Wanted } from './start.ts';

/** A failover is the runbook region-failover, with the region as its one parameter. */
interface WantedFailover extends Pick<Wanted, 'at' | 'system' | 'reason'> {
  to?: string;
  mode: Mode;
}

export type FailoverInput = WantedFailover & Pick<StartInput, 'user' | 'instead'>;

export interface AutomaticInput extends WantedFailover {
  /** What wants it, as people read it: `CloudWatch alarm chatbot-5xx`. */
  trigger: string;
}

/**
 * Nothing was started, and the incident whose run is under way or has just ended says so. `until`: the end of the
 * cool-down, world epoch milliseconds; absent while the run is under way.
 */
export interface HeldBack {
  heldBack: { incident: string; until?: number };
}

/** Starts the failover of a system; see `start`. */
export async function failover(parts: UseCaseDependencies, input: FailoverInput): Promise<Started> {
  return start(parts, { ...input, ...asRunbook(input) });
}

/**
 * What an alarm or a schedule starts: declared and planned in its name, and approved by people as any other. Held back
 * while a run is under way and in the cool-down after it, on the record, once for each trigger. A plan that people can
 * already decide on is left to them.
 */
export async function automaticFailover(
  parts: UseCaseDependencies,
  input: AutomaticInput,
): Promise<Started | HeldBack> {
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
  return declareAndPlan(parts, { ...input, ...asRunbook(input) }, { by: input.trigger, instead: false });
}

function asRunbook({ to }: WantedFailover): Pick<Wanted, 'runbook' | 'params'> {
  return { runbook: FAILOVER_RUNBOOK, params: to === undefined ? {} : { to } };
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
