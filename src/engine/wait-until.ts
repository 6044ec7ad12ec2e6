import type { Clock } from '../domain/clock.ts';
import { Retryable } from '../domain/errors.ts';

/** World milliseconds between looks: from the first to the longest, growing by the factor. */
const FIRST = 300;
const LONGEST = 2000;
const FACTOR = 1.5;
/** Machine milliseconds below which no two looks follow each other, however fast the world runs. */
const SHORTEST_MACHINE = 40;

/**
 * Looks until `look` returns something other than undefined: fast at first, then slower, jittered by a fifth, at most
 * two world seconds apart; `nudge()` resolves when looking again early is worth it. Retryable errors are looked at
 * again, everything else is thrown, and so is the signal's reason. `looked` is told of each look that brought nothing:
 * why, where it threw.
 */
export async function waitUntil<T>(
  look: () => Promise<T | undefined>,
  {
    clock,
    signal,
    nudge,
    looked = () => undefined,
  }: {
    clock: Clock;
    signal: AbortSignal;
    nudge: (signal: AbortSignal) => Promise<void>;
    looked?: (trouble: Retryable | undefined) => void;
  },
): Promise<T> {
  for (let delay = FIRST; ; delay = Math.min(delay * FACTOR, LONGEST)) {
    signal.throwIfAborted();
    try {
      const found = await look();
      if (found !== undefined) return found;
      looked(undefined);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Retryable)) throw error;
      looked(error);
    }
    const jittered = delay * (0.8 + 0.4 * Math.random());
    const shortest = SHORTEST_MACHINE * clock.speed();
    const pause = new AbortController();
    const either = AbortSignal.any([signal, pause.signal]);
    try {
      await Promise.race([clock.sleep(Math.max(jittered, shortest), either), nudge(either)]);
    } finally {
      pause.abort();
    }
  }
}
