import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { System } from '../../src/domain/system.ts';
import type { Condition } from '../world/condition.ts';
import type { World } from '../world/world.ts';
import { AGGREGATED_TYPE, aggregatedDiscovery } from './aggregated-discovery.ts';
import type { Controllers } from './controllers/index.ts';
import { discovery } from './discovery.ts';
import type { JsonObject } from './json.ts';
import { selected, selection } from './list.ts';
import { accepted, type Representation, represent, representation } from './negotiate.ts';
import { PROTOBUF_TYPE, protobufToJson } from './protobuf.ts';
import { readDelete } from './remove.ts';
import { authorize, carryOut, textAt } from './request.ts';
import type { ClusterContext } from './resource.ts';
import { answerReview, reviewAt } from './reviews.ts';
import { type Route, route } from './route.ts';
import type { ClusterState } from './state.ts';
import { ApiStatus, conflict, routeNotFound, unauthorized } from './status.ts';
import { ClusterHistory } from './watch/history.ts';
import { readWatch } from './watch/request.ts';
import { streamWatch } from './watch/stream.ts';

/** World seconds that the API server takes for an answer. */
const LATENCY = [0.02, 0.1] as const;

interface Asked {
  method: string;
  url: URL;
  /** How the call is recorded: `patch deployments/scale`, and the object's name. */
  operation: string;
  resource: string;
  route: Route | undefined;
}

interface Answer {
  status: number;
  type: string;
  body: JsonObject | string;
  warnings: string[];
}

/** The API of one cluster: authenticates, waits as long as the server would take, answers, records. */
export class ClusterApi {
  readonly #world: World;
  readonly #system: System;
  readonly #region: string;
  readonly #controllers: Controllers;
  readonly #token: string;
  readonly #history: ClusterHistory;
  /** Ends the watches that are under way. */
  readonly #watches = new Set<() => void>();

  constructor(world: World, system: System, region: string, controllers: Controllers, token: string) {
    this.#world = world;
    this.#system = system;
    this.#region = region;
    this.#controllers = controllers;
    this.#token = token;
    const cluster = world.state.kubernetes[region];
    if (!cluster) throw new Error(`The world has no cluster in ${region}.`);
    this.#history = new ClusterHistory((versionOf) => this.#contextOf(cluster, versionOf));
    world.on('changed', this.#onChange);
    world.on('fault', this.#onFault);
  }

  /** Stops to follow the world. */
  close(): void {
    this.#world.off('changed', this.#onChange);
    this.#world.off('fault', this.#onFault);
    this.#endWatches();
  }

  readonly #onChange = () => {
    if (this.#history.isFollowed) this.#history.sync();
  };

  /** Nobody hears anything of a region that is down, not even that a watch is over. */
  readonly #onFault = () => {
    if (this.#condition() !== 'up') this.#endWatches();
  };

  #condition(): Condition {
    return this.#world.conditionOf({ region: this.#region, part: 'cluster', from: 'lifeboat' });
  }

  #endWatches(): void {
    for (const end of this.#watches) end();
    this.#watches.clear();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = this.#world.clock.now();
    const asked = understand(request);
    let answer: Answer | 'streaming';
    let error: string | undefined;
    try {
      const content = await buffer(request);
      const duration = this.#world.latency(
        LATENCY,
        `kubernetes ${asked.operation}`,
        `${this.#region}/${asked.resource}`,
      );
      await this.#world.takeTime(duration);
      // A request that the region's end caught on its way is neither carried out nor answered.
      if (this.#condition() !== 'up' || response.destroyed) return;
      answer = this.#carryOut(request, response, asked, content);
    } catch (thrown) {
      const failure = thrown instanceof ApiStatus ? thrown : internalError(thrown);
      error = failure.reason;
      answer = { status: failure.code, type: 'application/json', body: failure.body(), warnings: [] };
    }
    this.#world.recordCall(
      {
        service: 'kubernetes',
        region: this.#region,
        operation: asked.operation,
        resource: asked.resource,
        mutating: request.method !== 'GET' && !reviewAt(asked.url.pathname),
        status: answer === 'streaming' ? 200 : answer.status,
        ...(error ? { error } : {}),
      },
      startedAt,
    );
    if (answer === 'streaming') return;
    const { status, type, body, warnings } = answer;
    if (warnings.length > 0) response.setHeader('warning', warnings.map(warningHeader));
    response.writeHead(status, { 'content-type': type });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  #carryOut(request: IncomingMessage, response: ServerResponse, asked: Asked, bytes: Buffer): Answer | 'streaming' {
    if (request.headers.authorization !== `Bearer ${this.#token}`) throw unauthorized();
    const entries = accepted(request.headers.accept);
    const ok = (body: JsonObject | string, type = 'application/json'): Answer => ({
      status: 200,
      type: typeof body === 'string' ? 'text/plain' : type,
      body,
      warnings: [],
    });
    const { searchParams: query, pathname } = asked.url;
    const sent = (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';
    const isProtobuf = sent === PROTOBUF_TYPE && bytes.length > 0;
    const contentType = isProtobuf ? 'application/json' : sent;
    const read = () => (isProtobuf ? protobufToJson(bytes) : bytes.toString('utf8'));
    if (asked.method === 'GET') {
      const all = aggregatedDiscovery(pathname, entries);
      if (all) return ok(all, AGGREGATED_TYPE);
      const known = discovery(pathname);
      if (known !== undefined) return ok(known);
    }
    const review = asked.method === 'POST' ? reviewAt(pathname) : undefined;
    if (review) return { ...ok(answerReview(this.#context(false), review, read())), status: 201 };

    const found = asked.route ?? route(asked.method, pathname);
    // What follows from a change and was not told yet belongs to what is read now.
    this.#history.sync();
    const as = representation(entries);
    if (found.text !== undefined) return ok(textAt(this.#context(false), found, query));
    const content = read();
    if (found.verb === 'watch') {
      this.#watch(response, found, query, as);
      return 'streaming';
    }
    const dryRun =
      query.getAll('dryRun').includes('All') ||
      (found.verb === 'delete' && readDelete({ query, body: content }).dryRun);
    if (this.#isRefused(found)) throw conflict(found.resource, found.name ?? '');
    const context = this.#context(dryRun);
    const userAgent = (request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
    const { object, created, warnings } = carryOut(context, found, { query, contentType, body: content, userAgent });
    if (asked.method !== 'GET' && !dryRun) this.#world.touch();
    const body = represent(object, as, {
      ...(found.subresource ? {} : { columns: found.resource.columns }),
      now: context.now,
      include: query.get('includeObject'),
    });
    return { ...ok(body), status: created ? 201 : 200, warnings };
  }

  /** Whether the change of an object meets one of somebody else's. */
  #isRefused({ verb, resource, name }: Route): boolean {
    if (verb !== 'patch' && verb !== 'update') return false;
    return this.#world.isHit('kubernetes-conflicts', `${this.#region} ${resource.plural}/${name}`);
  }

  #watch(response: ServerResponse, found: Route, query: URLSearchParams, as: Representation): void {
    const context = this.#context(false);
    authorize(context, found);
    const { resource } = found;
    const selects = selection(found, query);
    const end = streamWatch(response, this.#history, selected(context, found, selects), {
      ...readWatch(query),
      resource,
      selects,
      represent: (object, first) => {
        const include = query.get('includeObject');
        const shown = represent(object, as, { columns: resource.columns, now: this.#world.clock.now(), include });
        // The columns are told once.
        return as === 'table' && !first ? { ...shown, columnDefinitions: null } : shown;
      },
    });
    this.#watches.add(end);
    response.once('close', () => this.#watches.delete(end));
  }

  #context(dryRun: boolean): ClusterContext {
    const cluster = this.#world.state.kubernetes[this.#region];
    if (!cluster) throw routeNotFound();
    const versionOf = (plural: string, name: string) => this.#history.versionOf(plural, name);
    if (!dryRun) return this.#contextOf(cluster, versionOf);
    const silent = { reconcile: () => undefined, deletePod: () => undefined };
    return { ...this.#contextOf(structuredClone(cluster), versionOf), ...silent };
  }

  #contextOf(cluster: ClusterState, versionOf: ClusterContext['versionOf']): ClusterContext {
    return {
      system: this.#system,
      cluster,
      now: this.#world.clock.now(),
      reconcile: () => this.#controllers.reconcile(this.#region),
      deletePod: (name, atOnce) => this.#controllers.deletePod(this.#region, name, atOnce),
      versionOf,
      serving: this.#controllers.serves(this.#region),
    };
  }
}

function understand(request: IncomingMessage): Asked {
  const method = request.method ?? 'GET';
  const url = new URL(request.url ?? '/', 'https://cluster');
  try {
    const plain = route(method, url.pathname);
    const watches = plain.verb === 'list' && ['1', 'true'].includes(url.searchParams.get('watch') ?? '');
    const found: Route = watches ? { ...plain, verb: 'watch' } : plain;
    const { resource, subresource, text, verb, name } = found;
    const below = subresource?.name ?? text;
    const what = below === undefined ? resource.plural : `${resource.plural}/${below}`;
    return { method, url, operation: `${verb} ${what}`, resource: name ?? '', route: found };
  } catch {
    return { method, url, operation: `${method.toLowerCase()} ${url.pathname}`, resource: '', route: undefined };
  }
}

/** RFC 7234: 299 is a warning that stays true. */
const warningHeader = (sentence: string) => `299 - ${JSON.stringify(sentence)}`;

function internalError(thrown: unknown): ApiStatus {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiStatus(500, 'InternalError', `Internal error occurred: ${message}`);
}
