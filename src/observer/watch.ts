import { abortable, within } from '../adapters/deadline.ts';
import { unreachable } from '../adapters/failure.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, errorCode } from '../domain/errors.ts';
import type { Logger } from '../log.ts';

export interface Watch {
  /** What is watched, as samples name it: `database/chatbot-prod`. */
  subject: string;
  system: string;
  /** World milliseconds between two looks. */
  interval: number;
  /** Machine milliseconds after which one look is given up. */
  deadlineMs: number;
  look(signal: AbortSignal): Promise<void>;
}

/**
 * Looks again and again until it is closed; one look after the other, each with its own deadline. A look that throws is
 * no sample, and is logged when it begins and when it ends, not each time.
 */
export function startWatch(watch: Watch, { clock, logger }: { clock: Clock; logger: Logger }): () => Promise<void> {
  const { system, subject, interval, deadlineMs } = watch;
  const stop = new AbortController();
  let failing = false;

  const lookOnce = async () => {
    const signal = within(deadlineMs, stop.signal);
    try {
      await abortable(watch.look(signal), signal);
      if (failing) logger.info({ system, subject }, 'Sampled again');
      failing = false;
    } catch (thrown) {
      if (stop.signal.aborted || failing) return;
      failing = true;
      const error = unreachable(thrown, 'observer', subject) ?? thrown;
      logger.warn({ system, subject, code: errorCode(error), reason: describeError(error) }, 'Cannot be sampled');
    }
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      const next = clock.now() + interval;
      await lookOnce();
      await clock.sleep(Math.max(0, next - clock.now()), stop.signal).catch(() => undefined);
    }
  };
  const ended = run();
  return async () => {
    stop.abort();
    await ended;
  };
}
