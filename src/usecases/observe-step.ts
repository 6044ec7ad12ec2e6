import type { Action, JsonObject, Observation, ObserveContext } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, errorCode, InvalidInput, isStoreTrouble, Permanent } from '../domain/errors.ts';
import type { PlannedObservation } from '../domain/plan.ts';
import { startTimeLimit } from '../domain/time-limit.ts';

/** Machine milliseconds that an action has, after its signal, to say what it knows. */
const GRACE = 250;
/** Machine milliseconds below which no observation deadline goes: a busy machine needs that long for itself. */
const SHORTEST_DEADLINE = 400;

/** One deadline that all observations of a plan share, so that a dead region is waited for once. */
export interface ObservationDeadline {
  signal: AbortSignal;
  /** Rejects when time is up and the grace with it. Never rejects after `end()`. */
  expired: Promise<never>;
  end(): void;
}

/**
 * Starts a deadline of as many machine milliseconds as `limit()` says, standstills of this process left out. When the speed of the world changes it says so
 * anew, for what was asked may then answer later; no deadline becomes shorter by that, as what is under way keeps to the
 * limits that it began with. `outer` ends it early.
 */
export function startDeadline(
  limit: () => number,
  clock: Pick<Clock, 'onChange'>,
  outer?: AbortSignal,
): ObservationDeadline {
  const controller = new AbortController();
  let fail: (error: unknown) => void = () => undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  expired.catch(() => undefined);
  let clear = () => {};
  let end = 0;
  const begin = () => {
    const milliseconds = Math.max(SHORTEST_DEADLINE, limit());
    if (performance.now() + milliseconds <= end) return;
    end = performance.now() + milliseconds;
    clear();
    const cancelFirst = startTimeLimit(milliseconds, () => controller.abort(new DeadlinePassed(milliseconds)));
    const cancelLast = startTimeLimit(milliseconds + GRACE, () => fail(new DeadlinePassed(milliseconds)));
    clear = () => {
      cancelFirst();
      cancelLast();
    };
  };
  const stop = () => {
    controller.abort(outer?.reason);
    fail(outer?.reason);
  };
  begin();
  const stopListening = clock.onChange(() => {
    if (!controller.signal.aborted) begin();
  });
  if (outer?.aborted) stop();
  else outer?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    expired,
    end() {
      clear();
      stopListening();
      outer?.removeEventListener('abort', stop);
      controller.abort(new DeadlinePassed(limit()));
    },
  };
}

class DeadlinePassed extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${(milliseconds / 1000).toFixed(1)} s`);
    this.name = 'TimeoutError';
  }
}

/** What looking at one step brought: what it saw, or why it saw nothing. */
export type Look =
  | { kind: 'observed'; observed: Observation }
  /** It may answer another time; `reason` is a clause without a full stop. */
  | { kind: 'unreachable'; reason: string }
  /** It answered, and what it said will not change by asking again. */
  | { kind: 'impossible'; sentence: string };

/**
 * Lets an action look, until the shared deadline at the latest, whatever the action does with its signal. Throws
 * InvalidInput (the runbook or its files are wrong), what Lifeboat's own database failed of, which says nothing about
 * what is looked at, and the outer signal's reason, nothing else.
 */
export async function lookAt(
  action: Action,
  input: unknown,
  context: ObserveContext,
  deadline: ObservationDeadline,
  outer?: AbortSignal,
): Promise<Look> {
  const work = Promise.resolve().then(() => action.observe(context, input as never));
  work.catch(() => undefined);
  try {
    return { kind: 'observed', observed: await Promise.race([work, deadline.expired]) };
  } catch (error) {
    outer?.throwIfAborted();
    if (error instanceof InvalidInput || isStoreTrouble(error)) throw error;
    if (error instanceof Permanent) return { kind: 'impossible', sentence: describeError(error) };
    const late = error instanceof DeadlinePassed || deadline.signal.aborted;
    const reason = late ? describeError(deadline.signal.reason) : describeError(error);
    const code = errorCode(error);
    return { kind: 'unreachable', reason: clause(reason, late ? undefined : code) };
  }
}

/** The observation of a plan's step, with the newest sample of what did not answer. */
export async function toPlanned(
  look: Look,
  subjects: readonly string[],
  { samples, clock }: Pick<ObserveContext, 'samples' | 'clock'>,
): Promise<PlannedObservation> {
  if (look.kind === 'observed') {
    const { facts, measurements } = look.observed;
    return { state: 'observed', facts, measurements };
  }
  const reason = look.kind === 'impossible' ? look.sentence : look.reason;
  for (const subject of new Set(subjects)) {
    const sample = await samples.newest(subject);
    if (!sample) continue;
    const ageSeconds = Math.max(0, (clock.now() - sample.at) / 1000);
    return { state: 'unreachable', reason, lastKnown: sample.value, ageSeconds };
  }
  return { state: 'unreachable', reason };
}

/** What guards see of an observation. */
export function outputsOf({ facts, measurements }: Observation): JsonObject {
  return { ...facts, ...measurements };
}

function clause(text: string, code: string | undefined): string {
  const plain = (text.split('\n')[0] ?? '').replace(/\.$/, '');
  return plain || code || 'no answer';
}
