import { describeError } from '../domain/errors.ts';
import type { RunState } from '../domain/incident-state.ts';
import type { Logger } from '../log.ts';
import type { Journal } from './ports.ts';
import type { Runner } from './runner.ts';

/** Machine milliseconds between two looks; with the lease's 3.5 s a dead worker's run is taken over within 5 s. */
const INTERVAL = 500;

/**
 * Takes up every run that is under way and that nobody holds. It asks the journal and needs no queue, so that a run goes
 * on when the queue has lost everything or is away.
 */
export function startReconciler(parts: { journal: Journal; runner: Runner; logger: Logger }): { close(): void } {
  const { journal, runner, logger } = parts;
  let busy = false;
  const look = async () => {
    for (const incident of await journal.openIncidents()) {
      if (runner.isAdvancing(incident)) continue;
      const state = await journal.state(incident);
      if (state?.run && isUnderWay(state.run)) void runner.advance(incident);
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

/** Whether somebody has to be at it: a run that is paused may still have a step in the hands of a worker that died. */
export function isUnderWay({ status, steps }: RunState): boolean {
  if (status === 'running' || status === 'aborting') return true;
  return status === 'paused' && Object.values(steps).some((step) => step.status === 'running');
}
