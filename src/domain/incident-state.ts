import type { AskedFor, EventOf, Failure, JournalEntry } from './events.ts';
import { isRecovered } from './outcome.ts';
import type { Plan } from './plan.ts';
import { type PromotedLoss, promotedLossAfter } from './promoted-loss.ts';
import { isReadOnly } from './read-only.ts';
import { applyToRun, guardKey, type Override, type RunState, startedRun } from './run-state.ts';
import type { Severity } from './system.ts';
import { applyToWatches, type WatchState } from './watch-state.ts';

export { type RunState, type StepState, stepOf } from './run-state.ts';

export interface PlanState {
  plan: Plan;
  status: 'awaiting approval' | 'refused' | 'approved' | 'rejected' | 'voided' | 'expired';
  createdAt: number;
  /** The newest approval that was begun, by whom and when (world time); `failure` says why it came to nothing. */
  approval?: { by: string; at: number; failure?: Failure };
  decision?: { by: string; at: number; signed: string[] };
  difference?: string[];
  /** Failed guards that a commander passes, for this plan only. */
  overrides?: { step: string; by: string; reason: string; measured: string; limit: string }[];
  /** How often people were reminded that it waits. */
  reminders?: number;
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
  /** Opened by a runbook that only looks, and nothing was asked for since that changes anything. */
  quiet?: true;
  /** World time at which a step of the quiet incident first found something. */
  foundAt?: number;
  resolvedBy?: string;
  resolvedAt?: number;
  plans: PlanState[];
  /** The newest plan that could not be made; others may have been made since. */
  planFailure?: { planId: string; error: Failure; asked?: AskedFor };
  run?: RunState;
  /** The newest run that did more than look, where runs came after it that only looked. World time. */
  changedBefore?: { id: string; planId: string; finishedAt: number };
  /** An earlier run recovered the system, and those after it only looked. */
  recoveredBefore?: true;
  /** The data loss of the run that promoted, also once a later run went on from there. */
  promotedLoss?: PromotedLoss;
  /** A run that was approved in place of the one under way, and starts when that one has ended. */
  next?: { planId: string; runId: string };
  /** What runs of this incident left open, as long as somebody has to know of it. */
  watches: WatchState[];
  /** Automatic starts that a run held back while it was under way, or its cool-down did. World time. */
  heldBack: { trigger: string; at: number; until?: number }[];
  /** Who ended the cool-down early. */
  coolDownEnded?: { by: string; at: number };
  tiers: TierState[];
  /** Whether users are served, and since when (world time; never before the detection); undefined: never seen. */
  users?: { served: boolean; since: number };
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
    const { system, title, severity, channel, reason, by, detectedAt, quiet } = event;
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
      ...(quiet ? { quiet } : {}),
      plans: [],
      watches: [],
      heldBack: [],
      tiers: tiersOf(event),
      sequence,
      at,
    };
  }
  if (!before) throw new Error(`the journal of ${incident} does not begin with incident.declared`);
  const state: IncidentState = { ...before, sequence, at };
  switch (event.type) {
    case 'incident.raised': {
      const { title, severity, by, reason, detectedAt } = event;
      const { quiet: _quiet, foundAt: _found, ...rest } = state;
      const because = reason === undefined ? {} : { reason };
      return { ...rest, title, severity, declaredBy: by, detectedAt, ...because, tiers: tiersOf(event) };
    }
    case 'incident.resolved':
      return { ...state, status: 'resolved', resolvedBy: event.by, resolvedAt: at };
    case 'users.seen':
      return { ...state, users: { served: event.served, since: Math.max(event.since, state.detectedAt) } };
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
    case 'plan.approval-failed': {
      const failed = withPlan(state, event.planId, { approval: { by: event.by, at, failure: event.error } });
      if (state.next?.planId !== event.planId) return failed;
      // It waited for the end of another run and could not start then.
      const { next: _given, ...rest } = withPlan(failed, event.planId, { status: 'awaiting approval' });
      return rest;
    }
    case 'plan.approved': {
      const { planId, by, signed, replaces } = event;
      const approved = withPlan(state, planId, { status: 'approved', decision: { by, at, signed } });
      return replaces === undefined ? approved : { ...approved, next: { planId, runId: nextRunId(state) } };
    }
    case 'plan.guard-overridden': {
      const { step, by, reason, measured, limit } = event;
      return withOverride(state, event.planId, { step, by, reason, measured, limit });
    }
    case 'plan.reminded':
      return withPlan(state, event.planId, { reminders: event.count });
    case 'plan.rejected':
      return withPlan(state, event.planId, { status: 'rejected', decision: { by: event.by, at, signed: [] } });
    case 'plan.voided':
      return withPlan(state, event.planId, { status: 'voided', difference: event.difference });
    case 'plan.expired':
      return withPlan(state, event.planId, { status: 'expired' });
    case 'run.started': {
      const entry = planOf(state, event.planId);
      if (!entry) throw new Error(`run ${event.runId} started from the unknown plan ${event.planId}`);
      const { next: _started, recoveredBefore: _before, changedBefore: _changed, ...rest } = state;
      const looks = isReadOnly(entry.plan);
      const onlyLooks = looks && recoveredSoFar(state);
      const changed = looks ? changedSoFar(state) : undefined;
      return {
        ...rest,
        ...(onlyLooks ? { recoveredBefore: true as const } : {}),
        ...(changed ? { changedBefore: changed } : {}),
        run: startedRun(entry.plan, event, at, acceptedBy(entry)),
      };
    }
    case 'watch.started':
    case 'watch.acted':
    case 'watch.failed':
    case 'watch.cleared':
    case 'watch.released':
    case 'watch.paged':
      return { ...state, watches: applyToWatches(state.watches, event, at) };
    case 'start.held-back': {
      const { trigger, until } = event;
      return { ...state, heldBack: [...state.heldBack, { trigger, at, ...(until === undefined ? {} : { until }) }] };
    }
    case 'cool-down.ended':
      return { ...state, coolDownEnded: { by: event.by, at } };
    case 'run.mode-changed': {
      const steps = planOf(state, state.run?.planId)?.plan.steps ?? [];
      const reopened = new Set(steps.filter(({ readsMode }) => readsMode).map(({ id }) => id));
      return { ...state, run: applyToRun(state.run, event, at, reopened) };
    }
    case 'escalation.reached':
      return withTier(state, event.tier, { reachedAt: at });
    case 'page.accepted':
      return withTier(state, event.tier, { acceptedAt: at });
    case 'page.failed':
      return withTier(state, event.tier, { failure: event.error });
    case 'step.succeeded':
      return withLoss({ ...withFinding(state, event), run: applyToRun(state.run, event, at) }, event);
    default:
      return withLoss({ ...state, run: applyToRun(state.run, event, at) }, event);
  }
}

/** The tiers of an incident, each due so long after its detection. */
function tiersOf({ tiers, detectedAt }: Pick<EventOf<'incident.declared'>, 'tiers' | 'detectedAt'>): TierState[] {
  return tiers.map(({ tier, action, contact, afterSeconds }) => ({
    tier,
    action,
    contact,
    dueAt: detectedAt + afterSeconds * 1000,
  }));
}

/** Whether a run of the incident has recovered the system; what only looks afterwards changes nothing of that. */
function recoveredSoFar({ recoveredBefore, run, plans }: IncidentState): boolean {
  return recoveredBefore === true || (isRecovered(run) && planOf({ plans }, run?.planId)?.plan.undoOf === undefined);
}

/** The newest run that did more than look, once it has ended. */
function changedSoFar({ changedBefore, run, plans }: IncidentState): IncidentState['changedBefore'] {
  const plan = planOf({ plans }, run?.planId)?.plan;
  if (!run || run.finishedAt === undefined || !plan || isReadOnly(plan)) return changedBefore;
  return { id: run.id, planId: run.planId, finishedAt: run.finishedAt };
}

function withFinding(state: IncidentState, { finding }: EventOf<'step.succeeded'>): IncidentState {
  return finding && state.quiet ? { foundAt: state.at, ...state } : state;
}

/** `INC-1.r1`, and `.r2` for a second run: numbered by the plans that were approved before. */
export function nextRunId(state: Pick<IncidentState, 'id' | 'plans'>): string {
  return `${state.id}.r${state.plans.filter(({ status }) => status === 'approved').length + 1}`;
}

/** A plan awaits approval once every guard that refused it is overridden. */
function withOverride(
  state: IncidentState,
  planId: string,
  override: NonNullable<PlanState['overrides']>[number],
): IncidentState {
  const entry = planOf(state, planId);
  if (!entry) throw new Error(`${state.id} has no plan ${planId}`);
  const overrides = [...(entry.overrides ?? []), override];
  const passed = new Set(overrides.map(({ step }) => step));
  const isOpen = entry.plan.guards.some((guard) => !guard.passed && !passed.has(guard.step));
  return withPlan(state, planId, { overrides, ...(isOpen ? {} : { status: 'awaiting approval' }) });
}

/** What the run of an approved plan accepts from its start, by step: the approval was the second name. */
function acceptedBy({ overrides = [], decision }: PlanState): ReadonlyMap<string, Override[]> {
  if (!decision) return new Map();
  return new Map(
    overrides.map(({ step, by, reason, measured, limit }) => {
      const accepts = [{ key: guardKey(step), sentence: `${measured}; ${limit}` }];
      return [step, [{ by, reason, accepts, second: decision.by }]];
    }),
  );
}

function withPlan(state: IncidentState, planId: string, change: Partial<PlanState>): IncidentState {
  return { ...state, plans: state.plans.map((entry) => (entry.plan.id === planId ? { ...entry, ...change } : entry)) };
}

function withLoss(state: IncidentState, event: JournalEntry['event']): IncidentState {
  const { promotedLoss: before, ...rest } = state;
  const after = promotedLossAfter(before, planOf(state, state.run?.planId)?.plan, state.run, event);
  if (after === before) return state;
  return after === undefined ? rest : { ...rest, promotedLoss: after };
}

function withTier(state: IncidentState, tier: number, change: Partial<TierState>): IncidentState {
  return { ...state, tiers: state.tiers.map((entry) => (entry.tier === tier ? { ...entry, ...change } : entry)) };
}
