import { abortable, within } from '../adapters/deadline.ts';
import { unreachable } from '../adapters/failure.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, errorCode } from '../domain/errors.ts';
import type { Logger } from '../log.ts';

export interface Watch {
  /** What is watched, as samples name it: `database/chatbot-prod`. */
  subject: string;
  system: string;
  /** World milliseconds between two looks, at the speed of this moment. */
  interval(): number;
  /** Machine milliseconds after which one look is given up, at the speed of this moment. */
  deadlineMs(): number;
  look(signal: AbortSignal): Promise<void>;
}

/**
 * Looks again and again until it is closed; one look after the other, each with its own deadline. A look that throws is
 * no sample, and is logged when it begins and when it ends, not each time.
 */
export function startWatch(watch: Watch, { clock, logger }: { clock: Clock; logger: Logger }): () => Promise<void> {
  const { system, subject } = watch;
  const stop = new AbortController();
  let failing = false;

  const lookOnce = async () => {
    const signal = within(watch.deadlineMs(), stop.signal);
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
      const next = nextLook(watch, clock, stop.signal);
      await lookOnce();
      await next;
    }
  };
  const ended = run();
  return async () => {
    stop.abort();
    await ended;
  };
}

/**
 * Resolves when the next look is due, one interval from now, or when `signal` is aborted. What a look has said of the
 * interval holds: where a change of the speed makes it longer, the next look comes as it was due, and where it makes it
 * shorter, earlier.
 */
async function nextLook(watch: Watch, clock: Clock, signal: AbortSignal): Promise<void> {
  const began = clock.now();
  let due = began + watch.interval();
  await new Promise<void>((resolve) => {
    let disarm = clock.at(due, end);
    const stopListening = clock.onChange(() => {
      // A pause changes nothing: there is nothing to be seen in it.
      if (clock.speed() === 0) return;
      due = Math.min(due, began + watch.interval());
      disarm();
      disarm = clock.at(due, end);
    });
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    function end() {
      disarm();
      stopListening();
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}
