import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { System } from '../../src/domain/system.ts';
import type { Authority } from '../authority.ts';
import { openRegionPort } from '../edge/region-port.ts';
import type { World } from '../world/world.ts';
import { type Controllers, registerControllers } from './controllers/index.ts';
import { discovery } from './discovery.ts';
import type { JsonObject } from './json.ts';
import { renderKubeconfig } from './kubeconfig.ts';
import { carryOut } from './request.ts';
import type { ClusterContext } from './resource.ts';
import { type Route, route } from './route.ts';
import { ApiStatus, routeNotFound, unauthorized } from './status.ts';

/** World seconds that the API server takes for an answer. */
const LATENCY = [0.02, 0.1] as const;

export interface KubernetesApis {
  /** YAML with the contexts of `system.kubernetes.contexts`. */
  kubeconfig: string;
  close(): Promise<void>;
}

/**
 * Serves the API of each region's cluster over https, and registers the clusters' controllers; call it before
 * `world.start()`. Everything listens on 127.0.0.1.
 */
export async function startKubernetesApis(
  world: World,
  { authority, system }: { authority: Authority; system: System },
): Promise<KubernetesApis> {
  const controllers = registerControllers(world, system);
  const token = randomBytes(24).toString('base64url');
  const certificate = await authority.issue(['localhost', '127.0.0.1']);
  const regions = await Promise.all(
    Object.keys(world.state.kubernetes).map(async (region) => {
      const api = new ClusterApi(world, system, region, controllers, token);
      const server = createServer(certificate, (request, response) => void api.answer(request, response));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const front = await openRegionPort(world, { region, target: (server.address() as AddressInfo).port });
      return { region, server, front };
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
    async close() {
      await Promise.all(
        regions.map(async ({ server, front }) => {
          await front.close();
          server.closeAllConnections();
          server.close();
          await once(server, 'close');
        }),
      );
    },
  };
}

interface Asked {
  method: string;
  url: URL;
  /** How the call is recorded: `patch deployments/scale`, and the object's name. */
  operation: string;
  resource: string;
  route: Route | undefined;
}

/** The API of one cluster: authenticates, waits as long as the server would take, answers, records. */
class ClusterApi {
  readonly #world: World;
  readonly #system: System;
  readonly #region: string;
  readonly #controllers: Controllers;
  readonly #token: string;

  constructor(world: World, system: System, region: string, controllers: Controllers, token: string) {
    this.#world = world;
    this.#system = system;
    this.#region = region;
    this.#controllers = controllers;
    this.#token = token;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = this.#world.clock.now();
    const asked = understand(request);
    let status = 200;
    let error: string | undefined;
    let body: JsonObject | string;
    try {
      const content = await text(request);
      const duration = this.#world.latency(
        LATENCY,
        `kubernetes ${asked.operation}`,
        `${this.#region}/${asked.resource}`,
      );
      await this.#world.takeTime(duration);
      // A request that the region's end caught on its way is neither carried out nor answered.
      if (this.#world.regionCondition(this.#region) !== 'up' || response.destroyed) return;
      body = this.#carryOut(request, asked, content);
    } catch (thrown) {
      const failure = thrown instanceof ApiStatus ? thrown : internalError(thrown);
      status = failure.code;
      error = failure.reason;
      body = failure.body();
    }
    this.#world.recordCall(
      {
        service: 'kubernetes',
        region: this.#region,
        operation: asked.operation,
        resource: asked.resource,
        mutating: request.method !== 'GET',
        status,
        ...(error ? { error } : {}),
      },
      startedAt,
    );
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  #carryOut(request: IncomingMessage, asked: Asked, content: string): JsonObject | string {
    if (request.headers.authorization !== `Bearer ${this.#token}`) throw unauthorized();
    if (asked.method === 'GET') {
      const known = discovery(asked.url.pathname);
      if (known !== undefined) return known;
    }
    const found = asked.route ?? route(asked.method, asked.url.pathname);
    const { searchParams: query } = asked.url;
    const context = this.#context(query.get('dryRun') === 'All');
    const contentType = (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';
    const answer = carryOut(context, found, { query, contentType, body: content });
    if (asked.method !== 'GET') this.#world.touch();
    return answer;
  }

  #context(dryRun: boolean): ClusterContext {
    const cluster = this.#world.state.kubernetes[this.#region];
    if (!cluster) throw routeNotFound();
    return {
      system: this.#system,
      cluster: dryRun ? structuredClone(cluster) : cluster,
      now: this.#world.clock.now(),
      reconcile: () => {
        if (!dryRun) this.#controllers.reconcile(this.#region);
      },
      deletePod: (name) => {
        if (!dryRun) this.#controllers.deletePod(this.#region, name);
      },
    };
  }
}

function understand(request: IncomingMessage): Asked {
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', 'https://cluster');
  try {
    const found = route(method, url.pathname);
    const { resource, subresource, verb, name } = found;
    const what = subresource ? `${resource.plural}/${subresource.name}` : resource.plural;
    return { method, url, operation: `${verb} ${what}`, resource: name ?? '', route: found };
  } catch {
    return { method, url, operation: `${method.toLowerCase()} ${url.pathname}`, resource: '', route: undefined };
  }
}

function internalError(thrown: unknown): ApiStatus {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiStatus(500, 'InternalError', `Internal error occurred: ${message}`);
}
