import { openGate } from '../postgres/gate.ts';
import type { World } from '../world/world.ts';

export interface RegionPort {
  port: number;
  close(): Promise<void>;
}

/**
 * A port in a region, in front of a server on 127.0.0.1:`target` that knows nothing of faults. While the region
 * hangs, connections are accepted and nothing is ever answered, also to requests under way; while it refuses, they
 * are reset. Connections that met a fault stay broken: only new ones work when the region is back.
 */
export async function openRegionPort(
  world: World,
  { region, target }: { region: string; target: number },
): Promise<RegionPort> {
  const gate = await openGate({ serverPort: target, condition: world.regionCondition(region) });
  const follow = () => gate.apply(world.regionCondition(region));
  world.on('fault', follow);
  return {
    port: gate.port,
    async close() {
      world.off('fault', follow);
      await gate.close();
    },
  };
}
