import type { System } from '../../src/domain/system.ts';
import type { Authority } from '../authority.ts';
import { createStubResolver } from '../dns/client.ts';
import type { Ports } from '../listen.ts';
import type { World } from '../world/world.ts';
import { Databases } from './database.ts';
import { type LoadBalancer, startLoadBalancer } from './load-balancer.ts';
import { startProxy } from './proxy.ts';
import { Service } from './service.ts';

export interface Edge {
  /** For HTTPS_PROXY: every https host of the world is reached through it. */
  proxyUrl: string;
  /** Where the proxy listens, by `proxy`: nobody outside knows the load balancers' own ports. */
  ports: Ports;
  close(): Promise<void>;
}

/**
 * Starts what users reach: a load balancer and the services of each region, and the forward proxy to them, which
 * resolves hosts with the DNS server `resolver` (ip:port). A connection goes to the region whose load balancer the
 * host resolves to. `ports` are those of an earlier start, taken where they can be had;
 * `databaseTimeout` is what services give a connection and a statement, in machine milliseconds.
 */
export async function startEdge(
  world: World,
  options: {
    authority: Authority;
    system: System;
    resolver: string;
    ports?: Ports;
    databaseTimeout?: number | undefined;
  },
): Promise<Edge> {
  const { authority, system, resolver, ports = {}, databaseTimeout } = options;
  const databases = new Databases(world.state, databaseTimeout);
  const hosts = hostNames(system);
  const certificate = await authority.issue(hosts);
  const balancers: Record<string, LoadBalancer> = {};
  for (const region of Object.keys(system.loadBalancers)) {
    const service = new Service(world, system, region, databases.from(region));
    balancers[region] = await startLoadBalancer({ world, system, region, certificate, service, hosts });
  }
  const dns = createStubResolver(world.clock, resolver);
  const proxy = await startProxy({
    certificate: authority.certificate,
    port: ports.proxy,
    async locate(host) {
      const { chain } = await dns.resolve(host);
      const region = regionServing(system, chain);
      const balancer = region === undefined ? undefined : balancers[region];
      if (!balancer) throw new Error(`${host} does not resolve to a load balancer of the sandbox`);
      return balancer.port;
    },
  });
  return {
    proxyUrl: proxy.url,
    ports: { proxy: proxy.port },
    async close() {
      await proxy.close();
      await Promise.all(Object.values(balancers).map((balancer) => balancer.close()));
      await databases.close();
    },
  };
}

/** The region whose load balancer stands at the end of a chain of names; undefined where none does. */
export function regionServing(system: System, chain: string[]): string | undefined {
  const last = chain.at(-1)?.toLowerCase();
  return Object.entries(system.loadBalancers).find(([, { host }]) => host.toLowerCase() === last)?.[0];
}

function hostNames(system: System): string[] {
  const urls = [system.endpoints.health, ...Object.values(system.endpoints.ready)];
  const balancers = Object.values(system.loadBalancers).map(({ host }) => host);
  return [...new Set([system.dns.record, ...urls.map((url) => new URL(url).hostname), ...balancers])];
}
