import { type IncidentState, planOf } from '../../src/domain/incident-state.ts';
import { isRecovered } from '../../src/domain/outcome.ts';
import { isUndo } from '../../src/domain/recovery.ts';
import type { System } from '../../src/domain/system.ts';
import { targetsOf } from '../../src/domain/targets.ts';
import { lossSeconds } from '../measurements/lost-rows.ts';
import type { Call, Transition } from '../world/state.ts';
import { worldCriticalPath } from './critical-path.ts';
import type { SimulationReport } from './report.ts';

/** What the client of the product knows: the only judge of downtime and loss. Times are world epoch milliseconds. */
export interface ClientEvidence {
  /** From when on writes were acknowledged again for good; undefined: they are not. */
  writesSince: number | undefined;
  downtimeSeconds: number;
  acknowledged: { number: number; at: number }[];
  /** Acknowledged numbers that the serving database does not have. */
  lost: { number: number; at: number }[];
  /** When the last write before the outage was acknowledged. */
  lastBefore: number | undefined;
}

export interface Evidence {
  systemName: string;
  system: System;
  runbook: string;
  mode: 'emergency' | 'planned';
  seed: number;
  speed: number;
  beganAt: number;
  gaveUp: string | undefined;
  state: IncidentState | undefined;
  client: ClientEvidence;
  world: { calls: readonly Call[]; transitions: readonly Transition[] };
  journal: { events: number; chain: 'valid' | 'broken' };
  /** What should have happened under way and did not, in words. */
  missed?: string[];
  /** After an undo: what is not as it was before the run, a sentence each. */
  notAsBefore?: string[];
  /** Where no run began: what is not as it was all the same, a sentence each. */
  changed?: string[];
  /** What is damaged in the database that users have, or that there is a second primary: a clause; absent: nothing is known. */
  unsound?: string;
}

/** Services of the world that are no infrastructure: what is told to people is no change. */
const PEOPLE: ReadonlySet<string> = new Set(['slack', 'pagerduty', 'alb']);

/** Actions after which users are sent elsewhere. */
const MOVES_TRAFFIC: ReadonlySet<string> = new Set(['route53.upsert', 'arc.switch', 'route53.switch-object']);

/** Judges one simulation. Pure. */
export function judge(evidence: Evidence): SimulationReport {
  const { state, client, system, speed } = evidence;
  const detectedAt = state?.detectedAt ?? evidence.beganAt;
  const since = (at: number | undefined) => (at === undefined ? null : round((at - detectedAt) / 1000));
  const run = state?.run;
  const planned = planOf(state ?? nothing, run?.planId);
  const plan = planned?.plan;
  const severity = state?.severity ?? 'P0';
  const { outcome, reason } = outcomeOf(evidence);
  const recoveredAt = /^(recovered|finished)/.test(outcome) ? recoveredAtOf(client, run) : undefined;
  const targets = targetsOf(system, evidence.runbook, severity);
  const recovered = since(recoveredAt);
  // What was planned interrupts users only while they cannot write: nothing was wrong before.
  const took = recovered !== null && evidence.mode === 'planned' ? round(client.downtimeSeconds) : recovered;
  const loss = round(lossSeconds(client.lost, client.lastBefore));
  const approvedAt = planned?.decision?.at;
  const critical =
    plan && run && recoveredAt !== undefined ? worldCriticalPath(plan, run, evidence.world, recoveredAt) : undefined;
  const traffic = plan?.steps.find(({ id, uses }) => MOVES_TRAFFIC.has(uses) && run?.steps[id]?.status === 'succeeded');
  return {
    version: 1,
    system: evidence.systemName,
    runbook: evidence.runbook,
    mode: evidence.mode,
    seed: evidence.seed,
    speed,
    outcome,
    reason,
    exceptions: run?.exceptions ?? [],
    guards: (state?.plans.at(-1)?.plan.guards ?? []).filter(({ passed }) => !passed).map(({ step }) => step),
    clock: {
      detected: 0,
      declared: since(state?.declaredAt),
      planned: since(planned?.createdAt),
      approved: since(planned?.status === 'approved' ? approvedAt : undefined),
      started: since(run?.startedAt),
      trafficMoved: since(traffic && run?.steps[traffic.id]?.endedAt),
      recovered,
    },
    rto: {
      targetSeconds: targets.rtoSeconds,
      measuredSeconds: took,
      verdict: took !== null && took <= targets.rtoSeconds ? 'COMPLIANT' : 'FAILED',
    },
    rpo: {
      targetSeconds: targets.rpoSeconds,
      measuredSeconds: loss,
      verdict: loss <= targets.rpoSeconds ? 'COMPLIANT' : 'FAILED',
    },
    client: {
      downtimeSeconds: round(client.downtimeSeconds),
      rowsAcknowledged: client.acknowledged.length,
      rowsLost: client.lost.length,
    },
    steps: (plan?.steps ?? []).map(({ id, phase }) => {
      const step = run?.steps[id];
      const seconds =
        step?.startedAt === undefined || step.endedAt === undefined
          ? null
          : round((step.endedAt - step.startedAt) / 1000);
      return { id, phase, state: step?.status ?? 'not started', attempts: step?.attempts ?? 0, seconds };
    }),
    pages: (state?.tiers ?? [])
      .filter(({ acceptedAt }) => acceptedAt !== undefined)
      .map(({ tier, acceptedAt }) => ({ tier, at: since(acceptedAt) ?? 0, confirmed: null })),
    calls: carriedOut(evidence.world.calls.filter(({ at }) => at >= evidence.beganAt)),
    journal: evidence.journal,
    missed: evidence.missed ?? [],
    changed: evidence.changed ?? [],
    criticalPathSeconds: critical === undefined ? null : round(critical),
    overheadSeconds:
      critical === undefined || recoveredAt === undefined || approvedAt === undefined
        ? null
        : round(((recoveredAt - approvedAt) / 1000 - critical) / speed),
  };
}

/** Exit status 0 of `lifeboat simulate`: the client writes again and lost nothing beyond the RPO. */
export function isPassed(report: SimulationReport): boolean {
  return report.outcome.startsWith('recovered') && report.rpo.verdict === 'COMPLIANT';
}

/** When users were served for good; where they always were, when the run had come through. */
function recoveredAtOf(
  { writesSince, downtimeSeconds }: ClientEvidence,
  run: IncidentState['run'],
): number | undefined {
  return downtimeSeconds > 0 ? writesSince : run?.finishedAt;
}

function outcomeOf({
  state,
  gaveUp,
  client,
  notAsBefore,
  unsound,
}: Evidence): Pick<SimulationReport, 'outcome' | 'reason'> {
  if (!state) return { outcome: 'failed', reason: gaveUp ?? 'No incident was declared.' };
  const newest = state.plans.at(-1);
  if (!state.run) {
    if (newest?.status === 'refused') {
      const failed = newest.plan.guards.filter(({ passed }) => !passed);
      const sentences = failed.map(({ title, measured, reason }) =>
        `${title}: no (${measured}). ${reason ?? ''}`.trim(),
      );
      return { outcome: 'refused', reason: sentences.join(' ') };
    }
    if (newest?.status === 'rejected') return { outcome: 'refused', reason: 'The plan was rejected.' };
    return { outcome: 'failed', reason: gaveUp ?? state.planFailure?.error.message ?? 'No plan was approved.' };
  }
  const { run } = state;
  const failures = Object.values(run.steps).flatMap(({ id, errors, status }) =>
    status === 'succeeded' ? [] : errors.slice(-1).map(({ message }) => `${id}: ${message}`),
  );
  if (notAsBefore && isUndo(state)) {
    if (notAsBefore.length > 0) return { outcome: 'failed', reason: `Not as it was: ${notAsBefore.join(' ')}` };
    return isRecovered(run)
      ? { outcome: 'undone', reason: null }
      : { outcome: 'failed', reason: failures.join(' ') || 'The undo did not come through.' };
  }
  if (run.outcome === 'aborted') return { outcome: 'aborted', reason: failures.join(' ') || 'The run was aborted.' };
  if (run.outcome === 'finished') return { outcome: 'finished', reason: null };
  if (!isRecovered(run) || !run.outcome)
    return { outcome: 'failed', reason: gaveUp ?? (failures.join(' ') || 'The run failed.') };
  if (client.writesSince === undefined) {
    return { outcome: 'failed', reason: 'The run ended, but the client of the product still cannot write.' };
  }
  if (unsound !== undefined) return { outcome: 'failed', reason: `The run ended, but ${unsound}` };
  return { outcome: run.outcome, reason: null };
}

function carriedOut(calls: readonly Call[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { service, operation, mutating, status } of calls) {
    if (!mutating || status >= 300 || PEOPLE.has(service)) continue;
    const name = `${service}.${operation}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const nothing: Pick<IncidentState, 'plans'> = { plans: [] };
