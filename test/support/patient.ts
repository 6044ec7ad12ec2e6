import type { Clock } from '../../src/domain/clock.ts';

/**
 * The clock of somebody who gives nothing up before that many machine milliseconds have passed, however fast the world
 * runs: a slow machine is not taken for a silence. It takes that long to learn that something is silent.
 */
export function patient(clock: Clock, milliseconds = 20_000): Clock {
  return { ...clock, patience: (worldMilliseconds) => Math.max(milliseconds, clock.patience(worldMilliseconds)) };
}
