import type { WorldClock } from '../../src/domain/clock.ts';

/** World milliseconds and machine milliseconds that the world is given to come to rest after a run. */
const SETTLE = { world: 120_000, machine: 20_000 };
const LOOK = 50;

/**
 * Waits until something holds, and says whether it does. It gives up only when both clocks have run: on a fast world two
 * minutes are two seconds of the machine, in which a busy one has hardly looked.
 */
export async function settles(
  clock: Pick<WorldClock, 'now'>,
  holds: () => boolean | Promise<boolean>,
  { settle = SETTLE, machineNow = () => performance.now() } = {},
): Promise<boolean> {
  const since = { world: clock.now(), machine: machineNow() };
  for (;;) {
    if (await holds()) return true;
    const isOver = clock.now() - since.world >= settle.world && machineNow() - since.machine >= settle.machine;
    if (isOver) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
