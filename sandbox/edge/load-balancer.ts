import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { System } from '../../src/domain/system.ts';
import type { LoadBalancerState } from '../aws/elbv2/state.ts';
import { effectiveWeights } from '../aws/elbv2/weights.ts';
import { regionOfHost } from '../dns/zone.ts';
import { countAnswer } from '../monitoring/traffic.ts';
import type { World } from '../world/world.ts';
import { PATHS, type ServiceAnswer, type ServiceRequest } from './answer.ts';
import { AnswerLog } from './answer-log.ts';
import { openRegionPort } from './region-port.ts';
import type { Service } from './service.ts';

/** Machine milliseconds that a connection may be idle. */
const IDLE = 60_000;
const CREATED = 201;

export interface LoadBalancer {
  port: number;
  close(): Promise<void>;
}

/** The https load balancer of a region: listener weights, the host rule of the region's own name, healthy targets. */
export async function startLoadBalancer({
  world,
  system,
  region,
  certificate,
  service,
  hosts,
}: {
  world: World;
  system: System;
  region: string;
  certificate: { key: string; cert: string };
  service: Service;
  /** The names that it is reached by. */
  hosts: readonly string[];
}): Promise<LoadBalancer> {
  const log = new AnswerLog(world, region);
  const reach = { region, part: 'service', from: 'users' } as const;
  let served = 0;
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const host = request.headers.host?.split(':')[0] ?? '';
      const body = await text(request);
      // The region's own name is for those who look after it: it reaches the services whatever users are shown.
      const toServices =
        regionOfHost(system, host) === region ||
        targetKind(world.state.elbv2[region], world.clock.now(), served++) === 'service';
      const path = new URL(request.url ?? '/', 'https://balancer').pathname;
      const method = request.method ?? 'GET';
      const { authorization } = request.headers;
      const askedAt = performance.now();
      const answer = await forward(toServices, service, { method, path, body, authorization });
      if (world.conditionOf(reach) !== 'up') return;
      // What somebody makes up is answered and not remembered.
      if (hosts.includes(host) && PATHS.includes(path)) {
        log.note({ method, host, path }, answer);
        countAnswer(world, region, {
          status: answer.status,
          milliseconds: Math.round(performance.now() - askedAt),
          byBalancer: answer === NO_TARGETS,
          cache: answer.headers?.['x-cache'],
          wrote: method === 'POST' && answer.status === CREATED,
        });
      }
      response.writeHead(answer.status, { 'content-type': 'text/html', ...answer.headers });
      response.end(answer.body);
    } catch {
      response.destroy();
    }
  };
  const server = createServer({ ...certificate, keepAliveTimeout: IDLE }, (request, response) => {
    void respond(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const front = await openRegionPort(world, { ...reach, target: (server.address() as AddressInfo).port });
  return {
    port: front.port,
    async close() {
      await front.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Which kind of target group the `ordinal`-th request goes to, by the weights that are effective at `now` (world
 * time); requests spread evenly in the ratio of the weights. Undefined when all weights are zero.
 */
function targetKind(
  balancer: LoadBalancerState | undefined,
  now: number,
  ordinal: number,
): 'service' | 'standby' | undefined {
  if (!balancer) return 'service';
  const weights = effectiveWeights(balancer, now);
  const groups = Object.values(balancer.targetGroups).map((group) => ({ ...group, weight: weights[group.arn] ?? 0 }));
  const total = groups.reduce((sum, group) => sum + group.weight, 0);
  // Multiples of the golden ratio fill the circle evenly at every length of the sequence.
  let position = ((ordinal * 0.618_033_988_75) % 1) * total;
  for (const group of groups) {
    if (position < group.weight) return group.kind;
    position -= group.weight;
  }
  return undefined;
}

async function forward(toServices: boolean, service: Service, request: ServiceRequest): Promise<ServiceAnswer> {
  if (!toServices) return STANDBY_PAGE;
  const targets = service.targets();
  return targets.length === 0 ? NO_TARGETS : await service.answer(targets, request);
}

const STANDBY_PAGE: ServiceAnswer = {
  status: 503,
  reason: 'standby page',
  headers: { 'retry-after': '60' },
  body: '<html><head><title>Be right back</title></head><body><h1>This region is on standby</h1><p>We serve you from another region. Please try again in a minute.</p></body></html>\n',
};

const NO_TARGETS: ServiceAnswer = {
  status: 503,
  reason: 'no healthy target',
  headers: { server: 'awselb/2.0' },
  body: '<html><head><title>503 Service Temporarily Unavailable</title></head><body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>\n',
};
