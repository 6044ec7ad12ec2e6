import type { Change, JsonObject, RunResult } from '../domain/action.ts';
import { isDoneWithout, LEFT_OUT } from '../domain/emergency.ts';
import { errorCode, GuardFailed, isStoreTrouble, Retryable } from '../domain/errors.ts';
import type { IncidentEvent } from '../domain/events.ts';
import { failureOf } from '../domain/failure.ts';
import type { PlannedStep, RetryPolicy } from '../domain/plan.ts';
import { type RunState, stepOf } from '../domain/run-state.ts';

/** World milliseconds: the longest pause between two attempts. */
const LONGEST_BACKOFF = 60_000;
/** What only reads is tried again by itself: throttling and network errors change nothing. */
const READS: RetryPolicy = { attempts: 3, backoffSeconds: 2 };

/** Our own database was away: that says nothing of the step, so it is begun again however often that takes. */
const STORE_AWAY: RetryPolicy = { attempts: Number.POSITIVE_INFINITY, backoffSeconds: 1 };

/** What one attempt came to, until it is recorded. */
export type StepResult = { step: string; attempt: number } & (
  | { kind: 'succeeded'; result: RunResult<JsonObject> }
  | { kind: 'failed'; error: unknown; changes: readonly Change[] }
);

/**
 * The event that records a result; undefined when nobody waits for it any more, since another attempt has begun. `now` in world milliseconds.
 */
export function eventOf(result: StepResult, step: PlannedStep, run: RunState, now: number): IncidentEvent | undefined {
  const { status, attempts, errors, roundFrom = 0 } = stepOf(run, step.id);
  if (status !== 'running' || attempts !== result.attempt) return undefined;
  const identity = { runId: run.id, step: step.id, attempt: result.attempt };
  if (result.kind === 'succeeded') {
    const { outputs, changes, exceptions = [], closes = [], finding } = result.result;
    const closed = closes.length > 0 ? { closes } : {};
    return {
      type: 'step.succeeded',
      ...identity,
      outputs,
      changes,
      exceptions,
      ...closed,
      ...(finding ? { finding } : {}),
    };
  }
  const { error } = result;
  const failure = failureOf(error);
  if (isDoneWithout(step, run)) {
    return { type: 'step.left-out', runId: run.id, step: step.id, reason: LEFT_OUT, changes: [...result.changes] };
  }
  // What a dead worker or our own database cut short is no error of the step's.
  const tries = 1 + errors.slice(roundFrom).filter(({ code }) => !code.startsWith('store.')).length;
  // Actions converge: what our own database kept from its end is begun again as soon as it answers.
  const policy = isStoreTrouble(error) ? STORE_AWAY : policyOf(step);
  if (policy && run.status !== 'aborting' && tries < policy.attempts && isWorthAnother(error, policy)) {
    const retryAt = now + backoff(policy, tries);
    return { type: 'step.attempt-failed', ...identity, error: failure, retryAt };
  }
  const differences = error instanceof GuardFailed && error.differences.length > 0 ? [...error.differences] : undefined;
  return {
    type: 'step.failed',
    ...identity,
    error: failure,
    changes: [...result.changes],
    ...(differences ? { differences } : {}),
  };
}

/** A guard looks again by itself, and a person who said no is not asked again without somebody's decision. */
function policyOf({ retry, effect, expect, uses }: PlannedStep): RetryPolicy | undefined {
  if (retry) return retry;
  return effect === 'read' && expect === undefined && !uses.startsWith('manual.') ? READS : undefined;
}

function isWorthAnother(error: unknown, { retryOn }: RetryPolicy): boolean {
  if (error instanceof GuardFailed) return false;
  return retryOn ? retryOn.includes(errorCode(error)) : error instanceof Retryable;
}

/** World milliseconds before the attempt after `tries`: doubles each time. */
function backoff({ backoffSeconds }: RetryPolicy, tries: number): number {
  return Math.min(LONGEST_BACKOFF, backoffSeconds * 1000 * 2 ** (tries - 1));
}
