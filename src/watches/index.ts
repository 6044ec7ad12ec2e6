import { describeError, LeaseLost } from '../domain/errors.ts';
import type { ChangeHub } from '../engine/change-hub.ts';
import { holdLease } from '../engine/lease-keeper.ts';
import { pause } from '../engine/pause.ts';
import { Lookout, type LookoutParts } from './lookout.ts';

/** Machine milliseconds after which the watches are read again even when nothing told of a change. */
const LONGEST_SLEEP = 5000;
/** Changes come in bursts: the watches are read once for all of one. */
const SHORTEST_SLEEP = 200;
/** Before a watch in another process's hands is asked for; with the lease's 3.5 s a dead one's is taken within 5 s. */
const TAKE_OVER = 1000;
const AFTER_ERROR = 5000;

export interface WatchesParts extends LookoutParts {
  changes: ChangeHub;
  /** Names this process in leases. */
  holder: string;
}

/**
 * Looks at everything that runs left open, as long as nobody has released it and whether or not its incident is resolved.
 * Of all processes, the one that holds the lease `watch/<id>` looks; what it finds is appended under that lease's epoch.
 */
export function startWatches(parts: WatchesParts): { close(): Promise<void> } {
  const { store, changes, logger } = parts;
  const stopping = new AbortController();
  const followed = new Map<string, { released: AbortController; ended: Promise<void> }>();

  async function look(): Promise<void> {
    const watches = new Map((await store.journal.watches()).map(({ watch, incident }) => [watch, incident]));
    for (const [watch, { released }] of followed) {
      if (!watches.has(watch)) released.abort(new Error('the watch was released'));
    }
    for (const [watch, incident] of watches) {
      if (followed.has(watch)) continue;
      const released = new AbortController();
      const signal = AbortSignal.any([released.signal, stopping.signal]);
      const ended = follow(parts, { watch, incident }, signal).finally(() => followed.delete(watch));
      followed.set(watch, { released, ended });
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Listen before looking, so that a watch that begins in between is not slept through.
      const woken = new AbortController();
      const stopListening = changes.onChange(() => woken.abort());
      await look().catch((error: unknown) =>
        logger.warn({ reason: describeError(error) }, 'Watches could not be read'),
      );
      await pause(SHORTEST_SLEEP, stopping.signal);
      await pause(LONGEST_SLEEP, AbortSignal.any([stopping.signal, woken.signal]));
      stopListening();
    }
  }

  const running = loop();
  return {
    /** Lets go of every watch; the next process looks at them. */
    async close() {
      stopping.abort(new Error('this process is stopping'));
      await running;
      await Promise.all([...followed.values()].map(({ ended }) => ended));
    },
  };
}

/** Looks at one watch whenever its lease can be had, until the signal is aborted. Never rejects. */
async function follow(
  parts: WatchesParts,
  { watch, incident }: { watch: string; incident: string },
  signal: AbortSignal,
): Promise<void> {
  const { store, holder, logger } = parts;
  while (!signal.aborted) {
    try {
      const lease = await holdLease(store.leases, `watch/${watch}`, holder, logger);
      if (lease) {
        try {
          const state = await store.journal.state(incident);
          if (state) await new Lookout(parts, lease, { watch, state }, signal).run();
        } finally {
          await lease.release();
        }
      }
      await pause(TAKE_OVER, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LeaseLost) continue;
      logger.warn({ incident, watch, reason: describeError(error) }, 'Watch interrupted, it is taken up again');
      await pause(AFTER_ERROR, signal);
    }
  }
}
