import { describeError } from '../domain/errors.ts';
import type { Logger } from '../log.ts';
import { openWorker, type QueuePlace } from './backend.ts';
import { closeOrCut, endsWithin } from './closing.ts';
import { createComplaint } from './complaint.ts';
import { createWakeQueue } from './wake-queue.ts';

/** Machine milliseconds that handlers have to end in when the worker closes. */
const LAST_WORDS = 5_000;

/**
 * Calls `onWake` for every wake, at most `concurrency` at a time and never twice at once for one incident, as long as
 * no worker dies or stalls; a wake that comes while its handler runs makes it run once more. A handler that throws is
 * logged, not retried: the reconciler wakes whatever needs it. `close` aborts the handlers' signal and waits for them.
 * Throws Retryable `queue.unavailable` when there is no queue to begin with.
 */
export async function startWakeWorker({
  logger,
  concurrency,
  lockDuration,
  onWake,
  ...place
}: QueuePlace & {
  logger: Logger;
  concurrency: number;
  /** Machine milliseconds of silence after which its wakes are another worker's; some seconds when absent. */
  lockDuration?: number;
  onWake: (incident: string, signal: AbortSignal) => Promise<void>;
}): Promise<{ close(): Promise<void> }> {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const queue = await createWakeQueue({ ...place, logger });

  async function handle(incident: string): Promise<void> {
    try {
      await onWake(incident, closing.signal);
    } catch (error) {
      if (closing.signal.aborted) return;
      logger.error({ incident, reason: describeError(error), err: error }, 'Wake failed');
    }
  }

  const worker = await openWorker(
    place,
    { concurrency, lockDuration },
    async ({ name, data: { incident } }) => {
      if (closing.signal.aborted) return;
      if (name === 'wake-later') return queue.wake(incident);
      const work = handle(incident);
      running.add(work);
      await work;
      running.delete(work);
    },
    { onError: createComplaint(logger, 'Queue worker in trouble'), closing: closing.signal },
  ).catch(async (error: unknown) => {
    await queue.close();
    throw error;
  });

  return {
    async close() {
      closing.abort(new Error('this worker is shutting down'));
      const ended = await endsWithin(LAST_WORDS, [...running]);
      if (!ended) logger.warn({ handlers: running.size }, 'Handlers still run at shutdown');
      await closeOrCut(worker, !ended);
      await queue.close();
    },
  };
}
