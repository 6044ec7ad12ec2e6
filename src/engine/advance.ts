import type { Action } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { LeaseLost } from '../domain/errors.ts';
import type { Logger } from '../log.ts';
import type { ChangeHub } from './change-hub.ts';
import { holdLease } from './lease-keeper.ts';
import type { Store } from './ports.ts';
import { RunDriver } from './run-driver.ts';

export interface EngineParts {
  store: Store;
  actions: ReadonlyMap<string, Action>;
  changes: ChangeHub;
  clock: Clock;
  /** Names this process in leases. */
  holder: string;
  /** Machine milliseconds after which something that is only looked at counts as unreachable. */
  observationTimeoutMs: () => number;
  logger: Logger;
}

/**
 * Takes the run of `incident` as far as it goes: until it is finished, paused, in another worker's hands, or `signal`
 * ends this worker; and then the run that was approved in its place. Calling it twice, or again after a crash, is
 * harmless: everything it knows comes from the journal.
 */
export async function advance(parts: EngineParts, incident: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const driven = await advanceRun(parts, incident, signal);
    if (driven === undefined || signal.aborted) return;
    const state = await parts.store.journal.state(incident);
    if (state?.run?.id === driven) return;
  }
}

/** The id of the run that was driven; undefined when there was nothing to drive. */
async function advanceRun(parts: EngineParts, incident: string, signal: AbortSignal): Promise<string | undefined> {
  const { store, holder, logger } = parts;
  const found = await store.journal.state(incident);
  if (!found?.run || found.run.status === 'finished') return undefined;
  const lease = await holdLease(store.leases, found.run.id, holder, logger);
  if (!lease) return undefined;
  logger.info({ incident, runId: found.run.id, epoch: lease.token.epoch }, 'Run taken up');
  try {
    // Read under the lease: another holder may have appended before it let go.
    const state = await store.journal.state(incident);
    if (state?.run?.id !== found.run.id) return found.run.id;
    await new RunDriver(parts, lease, state, signal).drive();
  } catch (error) {
    if (!(error instanceof LeaseLost) && !signal.aborted) throw error;
  } finally {
    await lease.release();
  }
  return found.run.id;
}
