import type { World } from '../../sandbox/world/world.ts';

/**
 * What `use` gives in a world that stands still meanwhile: its services answer there, and nothing else happens, however
 * long the machine takes. The world goes on as fast as before, also when `use` throws.
 */
export async function standingStill<T>(world: World, use: () => Promise<T>): Promise<T> {
  const speed = world.clock.speed();
  world.setSpeed(0);
  try {
    return await use();
  } finally {
    world.setSpeed(speed);
  }
}
