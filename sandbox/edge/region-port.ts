import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
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
  { region, target, port = 0 }: { region: string; target: number; port?: number },
): Promise<RegionPort> {
  const pairs = new Set<{ outer: Socket; inner: Socket | undefined; stalled: boolean }>();

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (outer) => {
    outer.on('error', () => outer.destroy());
    const condition = world.regionCondition(region);
    if (condition === 'refuse') {
      outer.resetAndDestroy();
      return;
    }
    const pair = { outer, inner: undefined as Socket | undefined, stalled: condition === 'hang' };
    pairs.add(pair);
    outer.on('close', () => {
      pairs.delete(pair);
      pair.inner?.destroy();
    });
    if (pair.stalled) return;
    const inner = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    pair.inner = inner;
    inner.on('error', () => outer.resetAndDestroy());
    inner.on('close', () => {
      if (!pair.stalled) outer.destroy();
    });
    outer.pipe(inner);
    inner.pipe(outer);
    outer.resume();
  });

  const follow = () => {
    const condition = world.regionCondition(region);
    for (const pair of pairs) {
      if (condition === 'hang' && !pair.stalled) {
        pair.stalled = true;
        pair.outer.unpipe();
        pair.outer.pause();
        pair.inner?.unpipe();
        pair.inner?.destroy();
      } else if (condition === 'refuse' || (condition === 'up' && pair.stalled)) {
        pair.outer.resetAndDestroy();
      }
    }
  };
  world.on('fault', follow);

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      world.off('fault', follow);
      for (const { outer } of pairs) outer.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
