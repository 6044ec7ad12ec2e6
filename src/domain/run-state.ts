import type { Answer, Change, Finding, Json } from './action.ts';
import type { Difference, EventOf, Failure, JournalEntry } from './events.ts';
import type { Plan } from './plan.ts';

/** `backing off`: an attempt failed and the next one, by the step's retry policy, is due at `retryAt`. */
export type StepStatus = 'waiting' | 'running' | 'backing off' | 'succeeded' | 'failed' | 'skipped' | 'left out';

/** Asks to go on although something does not hold; it counts once a second person has signed it. */
export interface OverrideRequest {
  by: string;
  reason: string;
  accepts: Difference[];
}

export interface Override extends OverrideRequest {
  second: string;
}

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
  /** Of every attempt that failed, oldest first. */
  errors: Failure[];
  /** Errors before the newest decision of a person to try again: the retry policy counts from there. */
  roundFrom?: number;
  /** An attempt found all as it was approved and may have acted since: what it sees may be its own doing. */
  cleared?: true;
  /** World time of the next attempt while it is backing off. */
  retryAt?: number;
  /** What an override would accept, of a step that failed because of it. */
  differences?: Difference[];
  /** An override that waits for its second name. */
  overrideRequest?: OverrideRequest;
  /** Those that two people have signed, oldest first. */
  overrides: Override[];
  /** Why it was left out, where that was not its `if`. */
  leftOutBecause?: string;
  skippedBy?: { by: string; reason: string };
  answer?: Answer;
  /** What it found out that a person has to know. */
  finding?: Finding;
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
  /** Who holds it until they resume it; it is paused by that, too. */
  hold?: { by: string; at: number; reason?: string };
  /** That it became an emergency under way; what was signed for by it counts as if the approval had. */
  modeChange?: { to: 'emergency'; by: string; at: number; reason: string; signed: string[] };
  /** The abort window before the first irreversible step; a second one when nobody could see the first. World time. */
  abortWindow?: { step: string; until: number; closed: boolean; isSecond?: true };
  outcome?: EventOf<'run.finished'>['outcome'];
}

/** The step `id` of a run; throws when the plan has no such step (a programming error, never user input). */
export function stepOf(run: RunState, id: string): StepState {
  const step = run.steps[id];
  if (!step) throw new Error(`run ${run.id} has no step ${id}`);
  return step;
}

/** The run of a plan as it starts; what a commander overrode on the plan is accepted in it. */
export function startedRun(
  plan: Plan,
  { runId, planId, locks }: EventOf<'run.started'>,
  at: number,
  overrides: ReadonlyMap<string, Override[]>,
): RunState {
  const steps = plan.steps.map(({ id, included }): [string, StepState] => {
    const status = included ? 'waiting' : 'left out';
    return [id, { id, status, attempts: 0, changes: [], errors: [], overrides: overrides.get(id) ?? [] }];
  });
  return {
    id: runId,
    planId,
    status: 'running',
    startedAt: at,
    steps: Object.fromEntries(steps),
    exceptions: [],
    locks,
  };
}

/** Whether two people accepted this difference, or the failure of this guard, in this run. */
export function isAccepted(run: RunState, key: string): boolean {
  return Object.values(run.steps).some(({ overrides }) =>
    overrides.some(({ accepts }) => accepts.some((one) => one.key === key)),
  );
}

/** The key of a guard that does not hold, as a difference names it. */
export function guardKey(step: string): string {
  return `guard:${step}`;
}

/** What is folded into a run; watches outlive it and are folded by themselves. */
export type RunEvent = Exclude<Extract<JournalEntry['event'], { runId: string }>, { watch: string }>;

/** Folds one event into a run. Throws when it names another one. */
export function applyToRun(
  before: RunState | undefined,
  event: Exclude<RunEvent, EventOf<'run.started'>>,
  at: number,
  /** Steps that a change of mode may bring into the run. */
  reopened: ReadonlySet<string> = new Set(),
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
    case 'run.pause-requested': {
      const { by, reason } = event;
      return withStatus({ ...run, hold: { by, at, ...(reason === undefined ? {} : { reason }) } });
    }
    case 'run.resumed': {
      const { hold: _held, ...rest } = run;
      return withStatus(rest);
    }
    case 'run.mode-changed': {
      const { to, by, reason, signed } = event;
      // What could not be done gracefully is what the emergency is for: failed steps are tried again in it, and what the
      // planned move did not need is judged anew.
      const again = Object.values(run.steps).map((step): [string, StepState] => {
        if (step.status === 'failed') return [step.id, triedAgain(step)];
        const isOpen = step.status === 'left out' && reopened.has(step.id) && step.leftOutBecause === undefined;
        return [step.id, isOpen ? { ...step, status: 'waiting' } : step];
      });
      return withStatus({
        ...run,
        steps: Object.fromEntries(again),
        modeChange: { to, by, at, reason, signed },
      });
    }
    case 'run.abort-window-opened':
      return {
        ...run,
        abortWindow: {
          step: event.step,
          until: event.until,
          closed: false,
          ...(run.abortWindow ? { isSecond: true as const } : {}),
        },
      };
    case 'run.abort-window-closed':
      return run.abortWindow ? { ...run, abortWindow: { ...run.abortWindow, closed: true } } : run;
    case 'run.finished':
      return { ...run, status: 'finished', finishedAt: at, outcome: event.outcome, exceptions: event.exceptions };
    case 'step.started': {
      const { retryAt: _due, ...step } = stepOf(run, event.step);
      return replaced(run, {
        ...step,
        status: 'running',
        attempts: event.attempt,
        operationId: event.operationId,
        firstAttemptAt: step.firstAttemptAt ?? at,
        startedAt: step.startedAt ?? at,
      });
    }
    case 'step.succeeded': {
      const { outputs, changes, exceptions, closes = [], finding } = event;
      const open = run.exceptions.filter((one) => !closes.some((closed) => closed === one));
      const merged = [...new Set([...open, ...exceptions])];
      return settle({ ...run, exceptions: merged }, event.step, {
        status: 'succeeded',
        outputs,
        changes,
        endedAt: at,
        ...(finding ? { finding } : {}),
      });
    }
    case 'step.cleared':
      return settle(run, event.step, { cleared: true });
    case 'step.attempt-failed': {
      const errors = [...stepOf(run, event.step).errors, event.error];
      return settle(run, event.step, { status: 'backing off', errors, retryAt: event.retryAt });
    }
    case 'step.failed': {
      const { differences: _old, cleared, ...step } = stepOf(run, event.step);
      const { changes, differences } = event;
      return replaced(run, {
        ...step,
        status: 'failed',
        errors: [...step.errors, event.error],
        changes,
        endedAt: at,
        ...(differences ? { differences } : {}),
        // One that changed nothing is compared with what was approved once more, should it be tried again.
        ...(cleared && changes.length > 0 ? { cleared } : {}),
      });
    }
    case 'step.left-out': {
      const { reason, changes = [] } = event;
      const because = reason === undefined ? {} : { leftOutBecause: reason };
      return settle(run, event.step, { status: 'left out', endedAt: at, changes, ...because });
    }
    case 'step.override-requested': {
      const { by, reason, accepts } = event;
      return settle(run, event.step, { overrideRequest: { by, reason, accepts } });
    }
    case 'step.overridden': {
      const { overrideRequest, ...step } = stepOf(run, event.step);
      if (!overrideRequest) throw new Error(`${event.step} of ${run.id} was overridden without a request`);
      const overrides = [...step.overrides, { ...overrideRequest, second: event.by }];
      return replaced(run, { ...triedAgain(step), overrides });
    }
    case 'step.skipped':
      return settle(run, event.step, {
        status: 'skipped',
        skippedBy: { by: event.by, reason: event.reason },
        endedAt: at,
      });
    case 'step.retry-requested':
      return replaced(run, triedAgain(stepOf(run, event.step)));
    case 'step.answered':
      return settle(run, event.step, { answer: { by: event.by, confirmed: event.confirmed, value: event.value } });
  }
}

function settle(run: RunState, id: string, change: Partial<StepState>): RunState {
  return replaced(run, { ...stepOf(run, id), ...change });
}

/** A step that a person has tried again: what belonged to the attempt that failed, an answer or a request, is over. */
function triedAgain(step: StepState): StepState {
  const { answer: _answered, differences: _old, overrideRequest: _asked, ...rest } = step;
  return { ...rest, status: 'waiting', roundFrom: step.errors.length };
}

function replaced(run: RunState, step: StepState): RunState {
  const changed = { ...run, steps: { ...run.steps, [step.id]: step } };
  // What runs goes on unless this step failed: a run may have a thousand steps, and most events are of this kind.
  return run.status === 'running' && step.status !== 'failed' ? changed : withStatus(changed);
}

/** A run is paused exactly while a step stands failed or somebody holds it. */
function withStatus(run: RunState): RunState {
  if (run.status === 'aborting' || run.status === 'finished') return run;
  const paused = run.hold !== undefined || Object.values(run.steps).some(({ status }) => status === 'failed');
  return { ...run, status: paused ? 'paused' : 'running' };
}
