import { describeError, Retryable } from '../domain/errors.ts';
import type { WakeQueue } from '../engine/ports.ts';
import type { Logger } from '../log.ts';
import type { QueuePlace } from './backend.ts';
import { createWakeQueue } from './wake-queue.ts';
import { startWakeWorker } from './wake-worker.ts';

/** Machine milliseconds before a queue that was not there is tried again. */
const AGAIN = 5000;

export interface ResilientQueue {
  /** Does nothing while there is no queue: the reconciler finds what it would have woken. */
  queue: Pick<WakeQueue, 'wake'>;
  close(): Promise<void>;
}

/** Opens producer and worker, now or as soon as the queue answers: Lifeboat recovers without one, only a second later. */
export async function openQueueWhenPossible(
  settings: QueuePlace & {
    logger: Logger;
    concurrency: number;
    onWake: (incident: string, signal: AbortSignal) => Promise<void>;
  },
): Promise<ResilientQueue> {
  const { logger, concurrency, onWake, ...place } = settings;
  let open: { queue: WakeQueue; worker: { close(): Promise<void> } } | undefined;
  let trying: NodeJS.Timeout | undefined;
  let closed = false;

  async function attempt(): Promise<void> {
    try {
      const queue = await createWakeQueue({ ...place, logger });
      const worker = await startWakeWorker({ ...place, logger, concurrency, onWake }).catch(async (error: unknown) => {
        await queue.close();
        throw error;
      });
      open = { queue, worker };
      if (closed) await end();
    } catch (error) {
      if (!(error instanceof Retryable)) throw error;
      logger.warn({ reason: describeError(error) }, 'Queue not available, runs go on without it');
      if (!closed) trying = setTimeout(() => void attempt().catch(() => undefined), AGAIN);
    }
  }

  async function end(): Promise<void> {
    const parts = open;
    open = undefined;
    await parts?.worker.close();
    await parts?.queue.close();
  }

  await attempt();
  return {
    queue: { wake: async (incident, delay) => open?.queue.wake(incident, delay) },
    async close() {
      closed = true;
      clearTimeout(trying);
      await end();
    },
  };
}
