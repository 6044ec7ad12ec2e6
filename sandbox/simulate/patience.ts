import type { WorldClock } from '../../src/domain/clock.ts';

/** Machine milliseconds below which nothing is given up: a busy machine has hardly looked by then. */
const MACHINE = 20_000;
/** World milliseconds, and machine milliseconds, that the world is given to come to rest after a run. */
const SETTLE: Moment = { world: 120_000, machine: MACHINE };
const LOOK = 50;

/** A moment, by the world's clock and by the machine's; milliseconds. */
export interface Moment {
  world: number;
  machine: number;
}

export function momentOf(clock: Pick<WorldClock, 'now'>, machineNow = () => performance.now()): Moment {
  return { world: clock.now(), machine: machineNow() };
}

/**
 * Whether something has lasted too long: by both clocks, since on a fast world two minutes are two seconds of the machine.
 * Pure.
 */
export function isTooLong(since: Moment, now: Moment, limit: Moment): boolean {
  return now.world - since.world >= limit.world && now.machine - since.machine >= limit.machine;
}

/** The limit of so many world milliseconds. */
export function patience(world: number): Moment {
  return { world, machine: MACHINE };
}

/** Waits until something holds, and says whether it does; it gives up only when both clocks have run. */
export async function settles(
  clock: Pick<WorldClock, 'now'>,
  holds: () => boolean | Promise<boolean>,
  { settle = SETTLE, machineNow = () => performance.now() } = {},
): Promise<boolean> {
  const since = momentOf(clock, machineNow);
  for (;;) {
    if (await holds()) return true;
    if (isTooLong(since, momentOf(clock, machineNow), settle)) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
