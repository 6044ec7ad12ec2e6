import type { System } from '../src/domain/system.ts';
import type { Authority } from './authority.ts';
import { type AwsEndpoints, startAwsEndpoints } from './aws/index.ts';
import { probeThrough } from './aws/route53/health/probe.ts';
import { portOrFree } from './beginning.ts';
import { type DnsServers, startDnsServers } from './dns/index.ts';
import { type Edge, startEdge } from './edge/index.ts';
import { type KubernetesApis, startKubernetesApis } from './kubernetes/server.ts';
import type { Ports } from './listen.ts';
import { type PagerDuty, startPagerDuty } from './pagerduty/server.ts';
import type { Parts } from './parts.ts';
import { type Cast, peopleOf } from './people.ts';
import type { Databases } from './postgres/databases.ts';
import { backupsOf } from './postgres/restore.ts';
import type { SavedWorld } from './saved/saved-world.ts';
import { type Slack, startSlack } from './slack/server.ts';
import type { World } from './world/world.ts';

const CHANNELS = ['incident-response', 'general'];

/** Everything that answers for a world on 127.0.0.1, but its databases. */
export interface ServedWorld {
  aws: AwsEndpoints;
  kubernetes: KubernetesApis;
  dns: DnsServers;
  edge: Edge;
  slack: Slack;
  pagerDuty: PagerDuty;
  /** Address of a public resolver. */
  resolver: string;
  /** Where each listens: a world that goes on is found there again. */
  ports: Ports;
}

/**
 * Serves a world over the wire, on the ports that it had when it was saved, where they can be had. It must be called before
 * `world.start()`; `parts` ends what it has started.
 */
export async function serveWorld(
  world: World,
  parts: Parts,
  options: {
    system: System;
    cast: Cast;
    authority: Authority;
    databases: Databases;
    routingKeys: Record<string, string>;
    saved: SavedWorld | undefined;
  },
): Promise<ServedWorld> {
  const { system, cast, authority, databases, routingKeys, saved } = options;
  const ports = saved?.ports ?? {};
  const aws = await parts.keep(
    startAwsEndpoints(world, {
      ports,
      promoteDatabase: (instance) => databases.promote(instance),
      backups: backupsOf(world, databases),
      servers: databases,
      probe: (url) => probeThrough(edge.proxyUrl, url),
    }),
    (part) => part.close(),
  );
  const token = saved?.kubernetesToken;
  const kubernetes = await parts.keep(startKubernetesApis(world, { authority, system, ports, token }), (part) =>
    part.close(),
  );
  const dns = await parts.keep(startDnsServers(world, { system, ports }), (part) => part.close());
  const resolver = dns.resolvers[0]?.address ?? dns.authoritative;
  const edge = await parts.keep(startEdge(world, { authority, system, resolver, ports }), (part) => part.close());
  const slackPort = await portOrFree(ports.slack);
  const slack = await parts.keep(
    startSlack(world, { people: peopleOf(cast), channels: CHANNELS, port: slackPort }),
    (part) => part.close(),
  );
  const services = Object.fromEntries(
    system.escalation.map(({ routingKey, contact }) => [routingKeys[routingKey] ?? '', contact]),
  );
  const pagerDutyPort = await portOrFree(ports.pagerduty);
  const pagerDuty = await parts.keep(startPagerDuty(world, { authority, services, port: pagerDutyPort }), (part) =>
    part.close(),
  );
  return {
    ...{ aws, kubernetes, dns, edge, slack, pagerDuty, resolver },
    ports: {
      ...aws.ports,
      ...kubernetes.ports,
      ...dns.ports,
      ...edge.ports,
      slack: slackPort,
      pagerduty: pagerDutyPort,
    },
  };
}
