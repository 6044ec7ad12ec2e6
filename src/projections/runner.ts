import { describeError, errorCode, Retryable } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { ChangeHub } from '../engine/change-hub.ts';
import { holdLease } from '../engine/lease-keeper.ts';
import { pause } from '../engine/pause.ts';
import type { Store } from '../engine/ports.ts';
import type { Logger } from '../log.ts';

/** Machine milliseconds before a round that failed, or an incident in another process's hands, is tried again. */
const AFTER_ERROR = 3000;

export interface Projection {
  name: string;
  /**
   * Brings the outside in line with `state`; called at each change and again after the milliseconds (machine time) it
   * returns. Must be harmless when repeated: it may be called twice for the same state.
   */
  project(state: IncidentState): Promise<number | undefined>;
}

/** Feeds one projection with every incident, one round at a time for each, in one process at a time. */
export function startProjection(parts: {
  projection: Projection;
  store: Store;
  changes: ChangeHub;
  /** Names this process in leases. */
  holder: string;
  /** Incidents to look at now: what was not delivered before a restart. */
  incidents: string[];
  logger: Logger;
}): { close(): Promise<void> } {
  const { projection, store, changes, holder, logger } = parts;
  const rooms = new Map<string, Promise<void>>();
  const stopping = new AbortController();

  async function round(incident: string): Promise<number | undefined> {
    const state = await store.journal.state(incident);
    return state ? projection.project(state) : undefined;
  }

  /** Rounds under a lease that is renewed while Slack or PagerDuty take their time: no two processes post at once. */
  async function turn(incident: string): Promise<void> {
    const lease = await holdLease(store.leases, `projection/${projection.name}/${incident}`, holder, logger);
    if (!lease) throw new Retryable('projection.elsewhere', 'Another process projects this incident.');
    const stop = AbortSignal.any([stopping.signal, lease.signal]);
    try {
      while (!stop.aborted) {
        const version = changes.version(incident);
        const again = await round(incident);
        if (again === undefined && changes.version(incident) === version) return;
        const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(again ?? 1)));
        await changes.changedSince(incident, version, AbortSignal.any([stop, timeout]));
      }
    } finally {
      await lease.release();
    }
  }

  async function follow(incident: string): Promise<void> {
    for (;;) {
      const version = changes.version(incident);
      const settled = await turn(incident).then(
        () => true,
        (error: unknown) => {
          if (errorCode(error) !== 'projection.elsewhere') {
            const reason = describeError(error);
            logger.warn({ incident, projection: projection.name, reason }, 'Projection will be repeated');
          }
          return false;
        },
      );
      if (!settled) await pause(AFTER_ERROR, stopping.signal);
      if (stopping.signal.aborted || (settled && changes.version(incident) === version)) break;
    }
    // No wait since the last look: a change that comes now enters anew.
    rooms.delete(incident);
  }

  function enter(incident: string): void {
    if (stopping.signal.aborted || rooms.has(incident)) return;
    rooms.set(incident, follow(incident));
  }

  const stopListening = changes.onChange(enter);
  for (const incident of parts.incidents) enter(incident);
  return {
    async close() {
      stopListening();
      stopping.abort();
      await Promise.allSettled(rooms.values());
    },
  };
}
