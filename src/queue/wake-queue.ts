import type { WakeQueue } from '../engine/ports.ts';
import type { Logger } from '../log.ts';
import { migrateQueue, openQueue, type QueuePlace } from './backend.ts';
import { closeOrCut } from './closing.ts';
import { createComplaint } from './complaint.ts';

/** Machine milliseconds that a caller waits for the queue at most. */
const PATIENCE = 5_000;

/**
 * The producing side of the queue. `wake` never throws: what could not be queued is logged and found by the
 * reconciler. Throws Retryable `queue.unavailable` when there is no queue to begin with.
 */
export async function createWakeQueue({
  logger,
  ...place
}: QueuePlace & {
  logger: Logger;
}): Promise<WakeQueue> {
  await migrateQueue(place);
  const complain = createComplaint(logger, 'Wake not queued');
  const closing = new AbortController();
  const onError = createComplaint(logger, 'Queue connection lost');
  const queue = await openQueue(place, { onError, closing: closing.signal }).catch((error: unknown) => {
    closing.abort();
    throw error;
  });

  async function add(incident: string, delay: number): Promise<void> {
    // No jobId: an existing one silently swallows the next wake. A later wake is not deduplicated, or it would swallow
    // one that is wanted now.
    const kept = { removeOnComplete: true, removeOnFail: true };
    if (delay > 0) await queue.add('wake-later', { incident }, { ...kept, delay: Math.ceil(delay) });
    else await queue.add('wake', { incident }, { ...kept, deduplication: { id: incident, keepLastIfActive: true } });
  }

  return {
    async wake(incident, delay = 0) {
      let timer: NodeJS.Timeout | undefined;
      const impatient = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('the queue did not answer')), PATIENCE);
      });
      await Promise.race([add(incident, delay), impatient]).catch(complain);
      clearTimeout(timer);
    },
    async close() {
      closing.abort();
      await closeOrCut(queue);
    },
  };
}
