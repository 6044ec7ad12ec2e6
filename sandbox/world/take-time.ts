import type { Clock } from '../../src/domain/clock.ts';
import { pause } from '../../src/engine/pause.ts';

/**
 * Resolves when a call of this many world milliseconds has taken its time, or as soon as `signal` is aborted. In a
 * paused world a call takes as long as in real time: what is asked there is answered, and hangs for nobody.
 */
export async function takeTime(clock: Clock, worldMilliseconds: number, signal?: AbortSignal): Promise<void> {
  let left = worldMilliseconds;
  while (left > 0 && !signal?.aborted) {
    const rate = Math.max(1, clock.speed());
    const began = performance.now();
    const changed = new AbortController();
    const stopListening = clock.onChange(() => changed.abort());
    await pause(Math.ceil(left / rate), signal ? AbortSignal.any([signal, changed.signal]) : changed.signal);
    stopListening();
    // A timeout comes up to a millisecond early; that is no reason for another one.
    left = changed.signal.aborted ? left - (performance.now() - began) * rate : 0;
  }
}
