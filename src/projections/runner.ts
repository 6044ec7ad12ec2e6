import { describeError } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { ChangeHub } from '../engine/change-hub.ts';
import type { Store } from '../engine/ports.ts';
import type { Logger } from '../log.ts';

/** Machine milliseconds: one process at a time projects an incident; a dead one is replaced after this. */
const LEASE_MILLISECONDS = 10_000;
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
    const lease = await store.leases.acquire(`projection/${projection.name}/${incident}`, holder, LEASE_MILLISECONDS);
    if (!lease) return AFTER_ERROR;
    const state = await store.journal.state(incident);
    return state ? projection.project(state) : undefined;
  }

  async function follow(incident: string): Promise<void> {
    while (!stopping.signal.aborted) {
      const version = changes.version(incident);
      const again = await round(incident).catch((error: unknown) => {
        logger.warn(
          { incident, projection: projection.name, reason: describeError(error) },
          'Projection will be repeated',
        );
        return AFTER_ERROR;
      });
      if (again === undefined && changes.version(incident) === version) break;
      const enough = AbortSignal.any([stopping.signal, AbortSignal.timeout(Math.max(1, Math.ceil(again ?? 1)))]);
      await changes.changedSince(incident, version, enough);
    }
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
