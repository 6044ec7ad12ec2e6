import { describeError } from '../domain/errors.ts';
import type { Logger } from '../log.ts';
import type { Journal, WakeQueue } from './ports.ts';

/** Machine milliseconds between two looks; with the lease's four seconds a dead worker's run is taken over within six. */
const INTERVAL = 1000;

/** Wakes every run that is under way, so that nothing depends on the queue remembering it. */
export function startReconciler(parts: { journal: Journal; queue: WakeQueue; logger: Logger }): { close(): void } {
  const { journal, queue, logger } = parts;
  let busy = false;
  const look = async () => {
    for (const incident of await journal.openIncidents()) {
      const state = await journal.state(incident);
      const status = state?.run?.status;
      if (status === 'running' || status === 'aborting') await queue.wake(incident);
    }
  };
  const tick = () => {
    if (busy) return;
    busy = true;
    look()
      .catch((error: unknown) => logger.warn({ reason: describeError(error) }, 'Runs could not be reconciled'))
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(tick, INTERVAL);
  tick();
  return { close: () => clearInterval(timer) };
}
