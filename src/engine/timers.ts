import type { Clock } from '../domain/clock.ts';
import { describeError } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Logger } from '../log.ts';
import type { ChangeHub } from './change-hub.ts';
import { pause } from './pause.ts';
import type { Decision, Timer, Timers } from './ports.ts';

/** Machine milliseconds after which the next timer is looked up even when nothing told of a change. */
const LONGEST_SLEEP = 15_000;
const AFTER_ERROR = 1000;

/** Fires durable timers when they are due, exactly once over any number of processes. */
export function startTimers(parts: {
  timers: Timers;
  changes: ChangeHub;
  clock: Clock;
  decide: (timer: Timer, state: IncidentState) => Decision;
  logger: Logger;
}): { close(): Promise<void> } {
  const { timers, changes, clock, decide, logger } = parts;
  const stopping = new AbortController();

  /** World time of the next timer, if any. */
  async function round(): Promise<number | undefined> {
    for (const { incident, id } of await timers.fireDue(clock.now(), decide)) {
      logger.info({ incident, timer: id }, 'Timer fired');
    }
    return timers.nextDueAt();
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Listen before looking, so that a timer armed in between is not slept through.
      const woken = new AbortController();
      const stopListening = changes.onChange(() => woken.abort());
      let disarm: (() => void) | undefined;
      let longest = LONGEST_SLEEP;
      try {
        const next = await round();
        if (next !== undefined) disarm = clock.at(next, () => woken.abort());
      } catch (error) {
        logger.warn({ reason: describeError(error) }, 'Timers could not be read');
        longest = AFTER_ERROR;
      }
      await pause(longest, AbortSignal.any([stopping.signal, woken.signal]));
      disarm?.();
      stopListening();
    }
  }

  const running = loop();
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}
