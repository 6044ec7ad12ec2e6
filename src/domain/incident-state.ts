import type { Change, Json } from './action.ts';
import type { AskedFor, EventOf, Failure, JournalEntry } from './events.ts';
import type { Plan } from './plan.ts';
import type { Severity } from './system.ts';

export type StepStatus = 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'left out';

export interface StepState {
  id: string;
  status: StepStatus;
  attempts: number;
  operationId?: string;
  firstAttemptAt?: number;
  startedAt?: number;
  endedAt?: number;
  outputs?: Record<string, Json>;
  changes: Change[];
  errors: Failure[];
  skippedBy?: { by: string; reason: string };
  answer?: { by: string; confirmed: boolean };
}

export interface RunState {
  id: string;
  planId: string;
  status: 'running' | 'paused' | 'aborting' | 'finished';
  startedAt: number;
  finishedAt?: number;
  steps: Record<string, StepState>;
  /** `unfenced`, `unprotected`, in the order in which steps reported them. */
  exceptions: string[];
  locks: string[];
  abort?: { by: string; reason?: string };
  outcome?: EventOf<'run.finished'>['outcome'];
}

export interface PlanState {
  plan: Plan;
  status: 'awaiting approval' | 'refused' | 'approved' | 'rejected' | 'voided' | 'expired';
  createdAt: number;
  /** The newest approval that was begun, by whom and when (world time); `failure` says why it came to nothing. */
  approval?: { by: string; at: number; failure?: Failure };
  decision?: { by: string; at: number; signed: string[] };
  difference?: string[];
}

export interface TierState {
  tier: number;
  action: string;
  contact: string;
  /** World time at which it is due, epoch milliseconds. */
  dueAt: number;
  reachedAt?: number;
  acceptedAt?: number;
  failure?: Failure;
}

/** What an incident is now: the fold of its journal. */
export interface IncidentState {
  id: string;
  system: string;
  title: string;
  severity: Severity;
  channel: string;
  reason?: string;
  declaredBy: string;
  declaredAt: number;
  detectedAt: number;
  status: 'open' | 'resolved';
  resolvedBy?: string;
  resolvedAt?: number;
  plans: PlanState[];
  /** The newest plan that could not be made; others may have been made since. */
  planFailure?: { planId: string; error: Failure; asked?: AskedFor };
  run?: RunState;
  tiers: TierState[];
  /** Sequence of the last event folded in, and its world time. */
  sequence: number;
  at: number;
}

/** Folds a journal, oldest first; `undefined` when it is empty. Folding the same entries twice gives the same state. */
export function foldIncident(entries: Iterable<JournalEntry>, from?: IncidentState): IncidentState | undefined {
  let state = from;
  for (const entry of entries) {
    if (state && entry.sequence <= state.sequence) continue;
    state = applyEntry(state, entry);
  }
  return state;
}

/** The step `id` of a run; throws when the plan has no such step (a programming error, never user input). */
export function stepOf(run: RunState, id: string): StepState {
  const step = run.steps[id];
  if (!step) throw new Error(`run ${run.id} has no step ${id}`);
  return step;
}

/** The newest plan of an incident, or the one with this id. */
export function planOf(state: Pick<IncidentState, 'plans'>, planId?: string): PlanState | undefined {
  return planId ? state.plans.find(({ plan }) => plan.id === planId) : state.plans.at(-1);
}

/** That no plan could be made, unless one was made since or one still waits for its decision. */
export function planFailureNow({ plans, planFailure, run }: IncidentState): IncidentState['planFailure'] {
  const newest = plans.at(-1);
  if (!planFailure || !newest) return planFailure;
  if (newest.status === 'awaiting approval') return undefined;
  if (newest.status === 'approved' && run?.status !== 'finished') return undefined;
  return planNumber(planFailure.planId) > planNumber(newest.plan.id) ? planFailure : undefined;
}

/** 3 of `INC-1.p3`: plans of an incident count up, also those that could not be made. */
export function planNumber(planId: string): number {
  return Number(planId.slice(planId.lastIndexOf('.p') + 2));
}

function applyEntry(before: IncidentState | undefined, { incident, sequence, at, event }: JournalEntry): IncidentState {
  if (event.type === 'incident.declared') {
    const { system, title, severity, channel, reason, by, detectedAt } = event;
    return {
      id: incident,
      system,
      title,
      severity,
      channel,
      ...(reason === undefined ? {} : { reason }),
      declaredBy: by,
      declaredAt: at,
      detectedAt,
      status: 'open',
      plans: [],
      tiers: event.tiers.map(({ tier, action, contact, afterSeconds }) => ({
        tier,
        action,
        contact,
        dueAt: detectedAt + afterSeconds * 1000,
      })),
      sequence,
      at,
    };
  }
  if (!before) throw new Error(`the journal of ${incident} does not begin with incident.declared`);
  const state: IncidentState = { ...before, sequence, at };
  switch (event.type) {
    case 'incident.resolved':
      return { ...state, status: 'resolved', resolvedBy: event.by, resolvedAt: at };
    case 'plan.created': {
      const status = event.plan.verdict === 'refused' ? 'refused' : 'awaiting approval';
      return { ...state, plans: [...state.plans, { plan: event.plan, status, createdAt: at }] };
    }
    case 'plan.failed':
      return {
        ...state,
        planFailure: { planId: event.planId, error: event.error, ...(event.asked ? { asked: event.asked } : {}) },
      };
    case 'plan.approval-begun':
      return withPlan(state, event.planId, { approval: { by: event.by, at } });
    case 'plan.approval-failed':
      return withPlan(state, event.planId, { approval: { by: event.by, at, failure: event.error } });
    case 'plan.approved':
      return withPlan(state, event.planId, {
        status: 'approved',
        decision: { by: event.by, at, signed: event.signed },
      });
    case 'plan.rejected':
      return withPlan(state, event.planId, { status: 'rejected', decision: { by: event.by, at, signed: [] } });
    case 'plan.voided':
      return withPlan(state, event.planId, { status: 'voided', difference: event.difference });
    case 'plan.expired':
      return withPlan(state, event.planId, { status: 'expired' });
    case 'run.started': {
      const plan = planOf(state, event.planId)?.plan;
      if (!plan) throw new Error(`run ${event.runId} started from the unknown plan ${event.planId}`);
      const steps = plan.steps.map(({ id, included }): [string, StepState] => [
        id,
        { id, status: included ? 'waiting' : 'left out', attempts: 0, changes: [], errors: [] },
      ]);
      return {
        ...state,
        run: {
          id: event.runId,
          planId: event.planId,
          status: 'running',
          startedAt: at,
          steps: Object.fromEntries(steps),
          exceptions: [],
          locks: event.locks,
        },
      };
    }
    case 'escalation.reached':
      return withTier(state, event.tier, { reachedAt: at });
    case 'page.accepted':
      return withTier(state, event.tier, { acceptedAt: at });
    case 'page.failed':
      return withTier(state, event.tier, { failure: event.error });
    default:
      return { ...state, run: applyToRun(state.run, event, at) };
  }
}

type RunEvent = Extract<JournalEntry['event'], { runId: string }>;

function applyToRun(
  before: RunState | undefined,
  event: Exclude<RunEvent, EventOf<'run.started'>>,
  at: number,
): RunState {
  if (before?.id !== event.runId) throw new Error(`${event.type} names ${event.runId}, which did not start here`);
  const run: RunState = before;
  switch (event.type) {
    case 'run.abort-requested':
      return {
        ...run,
        status: 'aborting',
        abort: { by: event.by, ...(event.reason === undefined ? {} : { reason: event.reason }) },
      };
    case 'run.finished':
      return { ...run, status: 'finished', finishedAt: at, outcome: event.outcome, exceptions: event.exceptions };
    case 'step.started': {
      const step = stepOf(run, event.step);
      return settle(run, event.step, {
        status: 'running',
        attempts: event.attempt,
        operationId: event.operationId,
        firstAttemptAt: step.firstAttemptAt ?? at,
        startedAt: step.startedAt ?? at,
      });
    }
    case 'step.succeeded': {
      const { outputs, changes, exceptions } = event;
      const merged = [...new Set([...run.exceptions, ...exceptions])];
      return settle({ ...run, exceptions: merged }, event.step, { status: 'succeeded', outputs, changes, endedAt: at });
    }
    case 'step.failed': {
      const errors = [...stepOf(run, event.step).errors, event.error];
      return settle(run, event.step, { status: 'failed', errors, changes: event.changes, endedAt: at });
    }
    case 'step.left-out':
      return settle(run, event.step, { status: 'left out', endedAt: at });
    case 'step.skipped':
      return settle(run, event.step, {
        status: 'skipped',
        skippedBy: { by: event.by, reason: event.reason },
        endedAt: at,
      });
    case 'step.retry-requested': {
      // A person who said no is asked again: the answer belongs to the attempt that failed.
      const { answer: _answered, ...step } = stepOf(run, event.step);
      return settle({ ...run, steps: { ...run.steps, [step.id]: step } }, step.id, { status: 'waiting' });
    }
    case 'step.answered':
      return settle(run, event.step, { answer: { by: event.by, confirmed: event.confirmed } });
  }
}

/** Changes one step; a run is paused exactly while a step stands failed. */
function settle(run: RunState, id: string, change: Partial<StepState>): RunState {
  const steps = { ...run.steps, [id]: { ...stepOf(run, id), ...change } };
  if (run.status === 'aborting' || run.status === 'finished') return { ...run, steps };
  const paused = Object.values(steps).some(({ status }) => status === 'failed');
  return { ...run, steps, status: paused ? 'paused' : 'running' };
}

function withPlan(state: IncidentState, planId: string, change: Partial<PlanState>): IncidentState {
  return { ...state, plans: state.plans.map((entry) => (entry.plan.id === planId ? { ...entry, ...change } : entry)) };
}

function withTier(state: IncidentState, tier: number, change: Partial<TierState>): IncidentState {
  return { ...state, tiers: state.tiers.map((entry) => (entry.tier === tier ? { ...entry, ...change } : entry)) };
}
