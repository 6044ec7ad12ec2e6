import type { Difference } from './events.ts';

/**
 * The errors that the engine tells apart. Each has a stable `code` (dotted, lower case), a `message` that is one
 * sentence for people (what is wrong, where, what to do), and the original error as `cause`.
 */
export class LifeboatError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The same call may succeed later: throttling, network, a conflict. */
export class Retryable extends LifeboatError {
  /** Machine milliseconds before which repeating is useless; undefined when the service did not say. */
  readonly retryAfterMs: number | undefined;
  /** The service answers, and takes fewer calls than it is sent: that passes. */
  readonly isThrottled: boolean;

  constructor(
    code: string,
    message: string,
    options?: { cause?: unknown; retryAfterMs?: number; isThrottled?: boolean },
  ) {
    super(code, message, options);
    this.retryAfterMs = options?.retryAfterMs;
    this.isThrottled = options?.isThrottled ?? false;
  }
}

/** Whether Lifeboat's own database is what did not answer: that says nothing about the world, and is waited for. */
export function isStoreTrouble(error: unknown): boolean {
  return error instanceof Retryable && error.code.startsWith('store.');
}

/** Repeating the call will not help: refused, not found, wrong state. */
export class Permanent extends LifeboatError {}

/** Codes of errors of a step that ended it before it did anything, or because what it asked for was refused for certain. */
export const BEFORE_ACTING: ReadonlySet<string> = new Set([
  'guard.failed',
  'approval.void',
  'rds.promotion-refused',
  'unfence.two-primaries',
]);

/** A condition that must hold before a step acts does not hold, or something is not as it was approved. */
export class GuardFailed extends LifeboatError {
  /** What an override would accept, in the order of the runbook. */
  readonly differences: readonly Difference[];

  constructor(code: string, message: string, options: { cause?: unknown; differences?: readonly Difference[] } = {}) {
    super(code, message, options);
    this.differences = options.differences ?? [];
  }
}

/** Another run holds a lock that this one needs. */
export class LockHeld extends Permanent {
  /** What is locked, by which run, and its incident. */
  readonly held: { name: string; owner: string; incident: string };

  constructor(held: { name: string; owner: string; incident: string }) {
    super(
      'lock.held',
      `${held.name} is locked by the run ${held.owner} of ${held.incident}: wait until it has ended, or abort it.`,
    );
    this.held = held;
  }
}

/** What somebody typed or wrote in a file is wrong; the message is shown to them as it is. */
export class InvalidInput extends LifeboatError {}

/** The worker no longer holds the run's lease: stop at once, append nothing. */
export class LeaseLost extends LifeboatError {}

/** One sentence of any thrown value, for logs and journals. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The stable code of any thrown value; `unexpected` when it is none of ours. */
export function errorCode(error: unknown): string {
  return error instanceof LifeboatError ? error.code : 'unexpected';
}
