import { isTaken } from '../listen.ts';
import { type Gate, openGate } from '../postgres/gate.ts';
import type { Origin, Part } from '../world/condition.ts';
import type { World } from '../world/world.ts';

export interface RegionPort {
  port: number;
  close(): Promise<void>;
}

/**
 * A port in a region, in front of a server on 127.0.0.1:`target` that knows nothing of faults. While the region
 * hangs, connections are accepted and nothing is ever answered, also to requests under way; while it refuses, they
 * are reset, as far as whoever comes from `from` is concerned. Connections that met a fault stay broken: only new ones work when the region is back. `port` is taken where
 * it can be had, otherwise a free one.
 */
export async function openRegionPort(
  world: World,
  { target, port = 0, ...reach }: { region: string; part: Part; from: Origin; target: number; port?: number },
): Promise<RegionPort> {
  const open = (wanted: number): Promise<Gate> =>
    openGate({ serverPort: target, condition: world.conditionOf(reach), port: wanted });
  const gate = await open(port).catch((error: unknown) => {
    if (port === 0 || !isTaken(error)) throw error;
    return open(0);
  });
  const follow = () => gate.apply(world.conditionOf(reach));
  world.on('fault', follow);
  return {
    port: gate.port,
    async close() {
      world.off('fault', follow);
      await gate.close();
    },
  };
}
