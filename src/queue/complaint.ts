import { describeError } from '../domain/errors.ts';
import type { Logger } from '../log.ts';

/** Machine milliseconds: an outage is one line, not one a second. */
const QUIET = 30_000;

/** Logs `message` as a warning at most every half minute, the repetitions for whoever debugs. */
export function createComplaint(logger: Logger, message: string): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (error) => {
    const loud = performance.now() - last > QUIET;
    if (loud) last = performance.now();
    logger[loud ? 'warn' : 'debug']({ reason: describeError(error) }, message);
  };
}
