import type { World } from '../../world/world.ts';
import { handleClusterFailovers } from './cluster-failover.ts';
import { handleGlobalFailovers } from './global-failover.ts';
import { watchOutages } from './outages.ts';
import { handleReboots } from './reboot.ts';
import type { Servers } from './servers.ts';

/** Teaches the world how instances and clusters restart and fail over. Must be called before `world.start()`. */
export function handleAvailability(world: World, servers: Servers): { close(): void } {
  handleReboots(world, servers);
  handleClusterFailovers(world, servers);
  handleGlobalFailovers(world, servers);
  return watchOutages(world, servers);
}
