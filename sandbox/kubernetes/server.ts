import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { System } from '../../src/domain/system.ts';
import type { Authority } from '../authority.ts';
import { openRegionPort } from '../edge/region-port.ts';
import type { Ports } from '../listen.ts';
import type { World } from '../world/world.ts';
import { ClusterApi } from './api.ts';
import { registerControllers } from './controllers/index.ts';
import { renderKubeconfig } from './kubeconfig.ts';
import { createToken } from './token.ts';

export interface KubernetesApis {
  /** YAML with the contexts of `system.kubernetes.contexts`. */
  kubeconfig: string;
  /** The bearer token in it; a later start that is given it keeps copies of the kubeconfig right. */
  token: string;
  /** Where the clusters listen, by `kubernetes/<region>`. */
  ports: Ports;
  close(): Promise<void>;
}

/**
 * Serves the API of each region's cluster over https, and registers the clusters' controllers; call it before
 * `world.start()`. Everything listens on 127.0.0.1: on `ports` as an earlier start gave them, where they can be had,
 * otherwise on free ones.
 */
export async function startKubernetesApis(
  world: World,
  {
    authority,
    system,
    ports = {},
    token = createToken(),
  }: { authority: Authority; system: System; ports?: Ports; token?: string | undefined },
): Promise<KubernetesApis> {
  const controllers = registerControllers(world, system);
  const certificate = await authority.issue(['localhost', '127.0.0.1']);
  const regions = await Promise.all(
    Object.keys(world.state.kubernetes).map(async (region) => {
      const api = new ClusterApi(world, system, region, controllers, token);
      const server = createServer(certificate, (request, response) => void api.answer(request, response));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const target = (server.address() as AddressInfo).port;
      const wanted = ports[portName(region)];
      const reach = { region, part: 'cluster', from: 'lifeboat' } as const;
      const front = await openRegionPort(world, { ...reach, target, ...(wanted !== undefined && { port: wanted }) });
      return { region, api, server, front };
    }),
  );
  const clusters = Object.fromEntries(
    regions.map(({ region, front }) => [
      system.kubernetes.contexts[region] ?? region,
      `https://127.0.0.1:${front.port}`,
    ]),
  );
  return {
    kubeconfig: renderKubeconfig({
      clusters,
      namespace: system.kubernetes.namespace,
      token,
      certificate: authority.certificate,
    }),
    token,
    ports: Object.fromEntries(regions.map(({ region, front }) => [portName(region), front.port])),
    async close() {
      await Promise.all(
        regions.map(async ({ api, server, front }) => {
          api.close();
          await front.close();
          server.closeAllConnections();
          server.close();
          await once(server, 'close');
        }),
      );
    },
  };
}

const portName = (region: string) => `kubernetes/${region}`;
