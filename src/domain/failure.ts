import { describeError, errorCode, LifeboatError } from './errors.ts';
import type { Failure } from './events.ts';

/** What the journal, and so everybody who reads it, is told of an error; messages of foreign errors stay in the log. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof LifeboatError ? describeError(error) : 'Something unexpected failed.';
  return { code: errorCode(error), message };
}
