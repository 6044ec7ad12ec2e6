import type { World } from '../../sandbox/world/world.ts';

/**
 * Resolves when `holds` does, and lets the world run at `speed` (0: stand still) from that very moment of its time on,
 * however late the machine is with looking: what is asked next finds it so.
 */
export function fromThatMoment(world: World, holds: () => boolean, speed: number): Promise<void> {
  return new Promise((resolve) => {
    world.on('changed', look);
    function look(): void {
      if (!holds()) return;
      world.off('changed', look);
      world.setSpeed(speed);
      resolve();
    }
  });
}
