import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../../src/domain/system.ts';
import { refusedShare } from '../kubernetes/load.ts';
import { readyPods } from '../kubernetes/rollout.ts';
import { frontPods, pageOf } from '../kubernetes/serving.ts';
import type { PodState } from '../kubernetes/state.ts';
import { noteLine } from '../monitoring/application-log.ts';
import type { World } from '../world/world.ts';
import { describe, json, NO_READY_PODS, NOT_WRITABLE, type ServiceAnswer, type ServiceRequest } from './answer.ts';
import { ResponseCache } from './cache.ts';
import { connectionOf, type DatabaseClient } from './database.ts';
import { readMessages, tryWrite, writeMessage } from './messages.ts';
import { type Kind, responseTime } from './response-time.ts';
import { type Ask, isSignedIn, signIn } from './sign-in.ts';

/** The deployment that people sign in at. */
const AUTHENTICATION = /^auth/;
const UNAVAILABLE = 500;
const TOO_FEW_PODS = 'too few ready pods';

/** The product's own service, as the pods of one region run it. */
export class Service {
  readonly #world: World;
  readonly #system: System;
  readonly #region: string;
  readonly #databases: DatabaseClient;
  readonly #cache: ResponseCache;
  #requests = 0;

  constructor(world: World, system: System, region: string, databases: DatabaseClient) {
    this.#world = world;
    this.#system = system;
    this.#region = region;
    this.#databases = databases;
    this.#cache = new ResponseCache(() => world.clock.now());
  }

  /** Pods that take requests: the ready ones of the service that the load balancer is told to send users to. */
  targets(): PodState[] {
    const cluster = this.#world.state.kubernetes[this.#region];
    return cluster ? frontPods(cluster, this.#system.dns.record, this.#front(), this.#world.clock.now()) : [];
  }

  /** Answers as the next of the `targets` would, after as long as it takes. */
  async answer(targets: PodState[], request: ServiceRequest): Promise<ServiceAnswer> {
    const pod = targets[this.#requests++ % targets.length];
    if (!pod) return json(503, { error: 'no pod is ready' });
    const instead = this.#answerInstead(pod, request);
    if (instead) return instead;
    const { answer, kind, by = pod } = await this.#route(pod, request);
    const time = responseTime(kind, this.#capacity(by.deployment), {
      seed: this.#world.state.seed,
      ordinal: this.#requests,
    });
    // It must not keep a process alive that has closed everything else.
    if (time > 0) await sleep(time, undefined, { ref: false });
    if (answer.status >= UNAVAILABLE) this.#complain(by, request, answer);
    return answer;
  }

  /** A page of a deployment that is not the product's, or the refusal of what the ready pods are too few for. */
  #answerInstead(pod: PodState, { path }: ServiceRequest): ServiceAnswer | undefined {
    const cluster = this.#world.state.kubernetes[this.#region];
    if (!cluster) return undefined;
    if (!this.#system.kubernetes.deployments.includes(pod.deployment)) {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'retry-after': '300' };
      return { status: 503, headers, body: pageOf(cluster, pod), reason: 'maintenance' };
    }
    const share = path === '/ready' ? 0 : refusedShare(cluster, pod.deployment, this.#world.clock.now());
    // So evenly spread that few requests tell of it.
    const isRefused = Math.floor(this.#requests * share) > Math.floor((this.#requests - 1) * share);
    return isRefused ? { ...json(503, { error: TOO_FEW_PODS }), reason: TOO_FEW_PODS } : undefined;
  }

  async #route(
    pod: PodState,
    { method, path, body, authorization }: ServiceRequest,
  ): Promise<{ answer: ServiceAnswer; kind: Kind; by?: PodState }> {
    if (method === 'GET' && path === '/ready') return { answer: this.#ready(), kind: 'look' };
    if (method === 'GET' && path === '/health') return { answer: await this.#health(pod), kind: 'look' };
    if (method === 'POST' && path === '/auth/login') return await this.#signIn(body);
    if (path === '/messages' && authorization !== undefined && !isSignedIn(authorization, this.#world.state.seed)) {
      return { answer: json(401, { error: 'the token is not valid' }), kind: 'look' };
    }
    if (method === 'GET' && path === '/messages') {
      const { answer, hit } = await this.#cache.get(path, () => readMessages(this.#databaseOf(pod)));
      const headers = { ...answer.headers, 'x-cache': hit ? 'hit' : 'miss' };
      return { answer: { ...answer, headers }, kind: hit ? 'cached read' : 'read' };
    }
    if (method === 'POST' && path === '/messages') {
      return { answer: await writeMessage(body, this.#databaseOf(pod)), kind: 'write' };
    }
    return { answer: json(404, { error: `nothing answers ${method} ${path}` }), kind: 'look' };
  }

  /** The pods of another deployment do this; a system without one lets the front do it. */
  async #signIn(body: string): Promise<{ answer: ServiceAnswer; kind: Kind; by?: PodState }> {
    const { deployments } = this.#system.kubernetes;
    const name = deployments.find((deployment) => AUTHENTICATION.test(deployment)) ?? this.#front();
    const pods = this.#readyPods(name);
    const by = pods[this.#requests % pods.length];
    if (!by) {
      return { answer: { ...json(503, { error: `no pod of ${name} is ready` }), reason: NO_READY_PODS }, kind: 'look' };
    }
    const { seed } = this.#world.state;
    return { answer: await signIn(body, this.#databaseOf(by), { system: this.#system, seed }), kind: 'sign-in', by };
  }

  #databaseOf(pod: PodState): Ask {
    const connection = connectionOf(pod.environment, this.#system.kubernetes.secret);
    return (sql, values) => this.#databases.query(connection, sql, values);
  }

  #front(): string {
    const groups = Object.values(this.#world.state.elbv2[this.#region]?.targetGroups ?? {});
    const behind = groups.find((group) => group.kind === 'service')?.deployment;
    return behind ?? this.#system.kubernetes.deployments[0] ?? '';
  }

  #readyPods(deployment: string): PodState[] {
    const cluster = this.#world.state.kubernetes[this.#region];
    return cluster ? readyPods(cluster, deployment, this.#world.clock.now()) : [];
  }

  /** As many pods as the larger of the regions has been given for its users. */
  #capacity(deployment: string): { ready: number; needed: number } {
    const clusters = Object.values(this.#world.state.kubernetes);
    const needed = Math.max(...clusters.map(({ deployments }) => deployments[deployment]?.replicas ?? 0));
    return { ready: this.#readyPods(deployment).length, needed };
  }

  #components(): Record<string, { ready: number; desired: number }> {
    const cluster = this.#world.state.kubernetes[this.#region];
    return Object.fromEntries(
      this.#system.kubernetes.deployments.map((name) => [
        name,
        { ready: this.#readyPods(name).length, desired: cluster?.deployments[name]?.replicas ?? 0 },
      ]),
    );
  }

  #ready(): ServiceAnswer {
    const deployments = this.#components();
    const missing = Object.keys(deployments).filter((name) => deployments[name]?.ready === 0);
    const status = missing.length === 0 ? 'ready' : 'not ready';
    const content = { status, region: this.#region, deployments, missing };
    return missing.length === 0 ? json(200, content) : { ...json(503, content), reason: NO_READY_PODS };
  }

  async #health(pod: PodState): Promise<ServiceAnswer> {
    const { address } = connectionOf(pod.environment, this.#system.kubernetes.secret);
    const deployments = this.#components();
    const missing = Object.keys(deployments).filter((name) => deployments[name]?.ready === 0);
    let database: { writable: boolean; address: string; error?: string };
    try {
      await tryWrite(this.#databaseOf(pod));
      database = { writable: true, address };
    } catch (error) {
      database = { writable: false, address, error: describe(error) };
    }
    const healthy = database.writable && missing.length === 0;
    const components = { database, ...deployments };
    const content = { status: healthy ? 'healthy' : 'unhealthy', region: this.#region, components };
    if (healthy) return json(200, content);
    return { ...json(503, content), reason: database.writable ? NO_READY_PODS : NOT_WRITABLE };
  }

  /** What a pod writes into its log when it cannot serve. */
  #complain(pod: PodState, { method, path }: ServiceRequest, { status, reason, body }: ServiceAnswer): void {
    const { error } = (JSON.parse(body) ?? {}) as { error?: string };
    const message = `${method} ${path} answered ${status}: ${error ?? reason ?? 'unavailable'}`;
    noteLine(this.#world, this.#region, { pod: pod.name, level: 'error', message });
  }
}
