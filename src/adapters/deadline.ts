import { availableParallelism, loadavg } from 'node:os';
import type { Clock } from '../domain/clock.ts';
import { timeLimit } from '../domain/time-limit.ts';

/** World milliseconds that a look at the world may take; together with Slack's way a plan is there within 5 s. */
const OBSERVATION_TIMEOUT = 2000;
/** Machine milliseconds: what is healthy answers within this on an unburdened machine, however fast the world runs. */
const SHORTEST_OBSERVATION_TIMEOUT = 700;
/** Processes that want to run, for each core, above which everything takes longer in proportion. */
const UNBURDENED = 1.5;
const HEAVIEST_BURDEN = 4;

/**
 * Whole machine milliseconds after which something that is only looked at counts as unreachable, at the speed of this
 * moment. Never more than in real time: a burden gives a fast world back what its speed took, and no more.
 */
export function observationTimeout(clock: Pick<Clock, 'patience'>, burden = machineBurden()): number {
  const shortest = Math.min(SHORTEST_OBSERVATION_TIMEOUT * burden, OBSERVATION_TIMEOUT);
  return Math.ceil(Math.max(shortest, clock.patience(OBSERVATION_TIMEOUT)));
}

/**
 * Machine milliseconds for something that may take `worldMilliseconds`, and on an unburdened machine needs `shortest`
 * however fast the world runs.
 */
export function patienceOf(
  clock: Pick<Clock, 'patience'>,
  worldMilliseconds: number,
  shortest: number,
  burden = machineBurden(),
): number {
  return Math.max(shortest * burden, clock.patience(worldMilliseconds));
}

/**
 * How many times longer things take on this machine now than on an unburdened one: 1 to 4, by the load of the last
 * minute (Windows tells none: 1). In a world that runs faster than real time the shortest limits are limits of the
 * machine alone, and must not take its own slowness for a region's silence.
 */
function machineBurden(): number {
  const [load = 0] = loadavg();
  return Math.min(HEAVIEST_BURDEN, Math.max(1, load / availableParallelism() / UNBURDENED));
}

/**
 * A signal that ends with `signal`, or with a TimeoutError after `milliseconds` of machine time (standstills of this process
 * left out), whichever comes first.
 */
export function within(milliseconds: number, signal?: AbortSignal): AbortSignal {
  const deadline = timeLimit(milliseconds);
  return signal ? AbortSignal.any([signal, deadline]) : deadline;
}

/**
 * Settles as `work` does, or rejects at once with the signal's reason: for clients that cannot be aborted. `work`
 * itself goes on; what it holds has to be released by `onAbort`.
 */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal, onAbort?: () => void): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      onAbort?.();
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
  }
}
