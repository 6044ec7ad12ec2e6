import type { Exception } from '../domain/action.ts';
import { isDoneWithout, LEFT_OUT } from '../domain/emergency.ts';
import type { IncidentEvent } from '../domain/events.ts';
import { failureOf } from '../domain/failure.ts';
import { foldIncident, type IncidentState, planOf } from '../domain/incident-state.ts';
import { locksOf } from '../domain/locks.ts';
import { mayHaveActed } from '../domain/may-have-acted.ts';
import { isRecovered, outcomeOf } from '../domain/outcome.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { conditionsHold } from '../domain/plan-scope.ts';
import { mayHaveReplaced } from '../domain/replaced.ts';
import { type RunState, stepOf } from '../domain/run-state.ts';
import { isComplete, readySteps, windowToOpen } from '../domain/scheduler.ts';
import { abortWindowTimer, waitingTimerIds, waitingTimers } from '../domain/timer-decision.ts';
import { isWatching } from '../domain/watch-state.ts';
import type { Decision } from './ports.ts';
import { eventOf, type StepResult } from './step-results.ts';

/** What the holder of a run knows besides the journal. */
export interface Holding {
  runId: string;
  plan: Plan;
  /** World time, epoch milliseconds. */
  now: number;
  /** What steps came to since it was last recorded. */
  results: readonly StepResult[];
  /** Steps that this process has under way, those of `results` not. */
  inFlight: ReadonlySet<string>;
  /** What a watch over what this step left open would be about; undefined when its action watches nothing of the kind. */
  watchedBy(step: PlannedStep, kind: Exception): string | undefined;
  /** Why the run that was to follow cannot start; absent: it starts when this one ends. */
  refusal?: { code: string; message: string };
}

/**
 * What the holder of a run appends next, in one decision: results, what the run does without from now on, steps that
 * begin, and its end. Pure; an empty decision means that there is nothing to do but to wait.
 */
export function nextFacts(state: IncidentState, holding: Holding): Decision {
  if (state.run?.id !== holding.runId || state.run.status === 'finished') return { events: [] };
  const decision: Required<Pick<Decision, 'events' | 'arm' | 'watch'>> & Decision = { events: [], arm: [], watch: [] };
  let now = state;
  const add = (...events: IncidentEvent[]) => {
    decision.events.push(...events);
    now = after(now, events, holding.now);
  };
  const run = () => runIn(now);

  for (const result of holding.results) {
    const step = stepIn(holding.plan, result.step);
    const event = eventOf(result, step, run(), holding.now);
    if (!event) continue;
    add(event);
    if (event.type === 'step.succeeded') addWatches(event.exceptions, step, now, holding, decision, add);
  }
  add(...leftOut(holding, run()));
  // Nothing begins beside a step that is being cancelled: its call may still be in flight.
  const isCancelling = [...holding.inFlight].some((id) => isDoneWithout(stepIn(holding.plan, id), run()));
  if (run().status !== 'aborting' && !isCancelling) {
    const window = windowToOpen(holding.plan, run());
    if (window) {
      const until = holding.now + (holding.plan.abortWindowSeconds ?? 0) * 1000;
      add({ type: 'run.abort-window-opened', runId: run().id, step: window.id, until });
      decision.arm.push(abortWindowTimer(run().id, until));
    }
    add(...beginnings(holding, run()));
  }
  const isAborted = run().status === 'aborting' && holding.inFlight.size === 0;
  return isAborted || isComplete(run()) ? ending(now, decision, holding) : decision;
}

/** World time at which something becomes due by itself; undefined when only an event can move the run. */
export function dueAt(run: RunState): number | undefined {
  if (run.status !== 'running') return undefined;
  const times = Object.values(run.steps).flatMap(({ status, retryAt }) =>
    status === 'backing off' && retryAt !== undefined ? [retryAt] : [],
  );
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** Whether the abort window is open: its timer moves the run. */
export function isWindowOpen({ status, abortWindow }: RunState): boolean {
  return status === 'running' && abortWindow?.closed === false;
}

/** Watches outlive the run: each is begun in the decision that records what they are about. */
function addWatches(
  kinds: readonly Exception[],
  step: PlannedStep,
  { watches, run }: IncidentState,
  { watchedBy }: Holding,
  decision: { watch: string[] },
  add: (event: IncidentEvent) => void,
): void {
  if (!run) return;
  for (const kind of kinds) {
    const subject = watchedBy(step, kind);
    const isWatched = watches.some((watch) => watch.kind === kind && watch.subject === subject && isWatching(watch));
    if (subject === undefined || isWatched) continue;
    const name = `${run.id}/${kind}`;
    const others = watches.filter(({ id }) => id === name || id.startsWith(`${name}/`)).length;
    const watch = others === 0 ? name : `${name}/${others + 1}`;
    add({ type: 'watch.started', watch, runId: run.id, step: step.id, kind, subject });
    decision.watch.push(watch);
  }
}

/** Steps that the run does without; one under way is cancelled first, and what came of it tells. */
function leftOut({ plan, inFlight }: Holding, run: RunState): IncidentEvent[] {
  return plan.steps
    .filter((step) => isDoneWithout(step, run) && !inFlight.has(step.id))
    .map(({ id }) => {
      const { changes } = stepOf(run, id);
      return { type: 'step.left-out', runId: run.id, step: id, reason: LEFT_OUT, changes };
    });
}

/** The events with which steps begin: what a dead holder left running, what is due again, and what is ready. */
function beginnings({ plan, now, inFlight }: Holding, run: RunState): IncidentEvent[] {
  const again = plan.steps.filter(({ id }) => {
    const { status, retryAt = 0 } = stepOf(run, id);
    if (status === 'running') return !inFlight.has(id);
    return status === 'backing off' && run.status === 'running' && retryAt <= now;
  });
  return [...again, ...readySteps(plan, run)].map((step) => beginning(plan, step, run));
}

/** Started, or left out because its `if` is false, or failed in judging it. */
function beginning(plan: Plan, step: PlannedStep, run: RunState): IncidentEvent {
  const identity = { runId: run.id, step: step.id };
  const attempt = stepOf(run, step.id).attempts + 1;
  try {
    if (!conditionsHold(plan, run, step)) return { type: 'step.left-out', ...identity };
  } catch (error) {
    return { type: 'step.failed', ...identity, attempt, error: failureOf(error), changes: [] };
  }
  return { type: 'step.started', ...identity, attempt, operationId: `${run.id}.${step.id}` };
}

/** The end of a run, and in the same decision the start of the one that was approved in its place. */
function ending(state: IncidentState, decision: Decision, { plan, refusal, now }: Holding): Decision {
  const run = runIn(state);
  const outcome = outcomeOf(run, plan);
  decision.events.push({ type: 'run.finished', runId: run.id, ...outcome });
  decision.unlock = run.id;
  // A recovered run holds escalation by itself; an aborted one, and an undo, leave people on the way.
  if (isRecovered({ ...run, ...outcome }) && plan.undoOf === undefined) {
    decision.disarm = state.tiers.map(({ tier }) => `${state.id}/tier/${tier}`);
  }
  if (!hasBegunIrreversible(plan, run) && !mayHaveReplaced(plan, run)) endWatches(state, run, decision);
  const next = state.next && planOf(state, state.next.planId);
  if (!state.next || !next) return decision;
  const { planId, runId } = state.next;
  if (refusal) {
    decision.events.push({ type: 'plan.approval-failed', planId, by: next.decision?.by ?? '', error: refusal });
    // It waits for people again, and these may have fired while it was approved.
    decision.arm = [...(decision.arm ?? []), ...waitingTimers(next.plan, now, next.reminders)];
    return decision;
  }
  const locks = locksOf(next.plan);
  decision.events.push({ type: 'run.started', runId, planId, locks });
  decision.lock = { owner: runId, names: locks };
  // Its approval left them armed, in case that it has to wait for another one.
  decision.disarm = [...(decision.disarm ?? []), ...waitingTimerIds(next)];
  return decision;
}

/** What was left open is nothing to watch while the old primary is still the only one. */
function endWatches({ watches }: IncidentState, run: RunState, decision: Decision): void {
  const own = watches.filter((watch) => watch.runId === run.id && isWatching(watch));
  const sentence = 'The run ended before anything was done that cannot be taken back.';
  for (const { id: watch } of own) decision.events.push({ type: 'watch.cleared', watch, sentence });
  decision.unwatch = own.map(({ id }) => id);
}

function hasBegunIrreversible({ steps }: Plan, run: RunState): boolean {
  return steps.some(({ id, effect }) => effect === 'irreversible' && mayHaveActed(stepOf(run, id)));
}

/** The state as it is with these events, which are not stored yet. */
function after(state: IncidentState, events: readonly IncidentEvent[], at: number): IncidentState {
  const entries = events.map((event, index) => ({
    incident: state.id,
    sequence: state.sequence + 1 + index,
    at: Math.max(at, state.at),
    event,
    hash: '',
  }));
  return foldIncident(entries, state) ?? state;
}

function runIn({ id, run }: IncidentState): RunState {
  if (!run) throw new Error(`incident ${id} has no run`);
  return run;
}

function stepIn(plan: Plan, id: string): PlannedStep {
  const step = plan.steps.find((candidate) => candidate.id === id);
  if (!step) throw new Error(`plan ${plan.id} has no step ${id}`);
  return step;
}
