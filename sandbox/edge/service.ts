import { randomInt } from 'node:crypto';
import type { System } from '../../src/domain/system.ts';
import { readyPods } from '../kubernetes/rollout.ts';
import type { PodState } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { connectionOf, type Databases } from './database.ts';

export interface ServiceRequest {
  method: string;
  path: string;
  body: string;
}

export interface ServiceAnswer {
  status: number;
  headers?: Record<string, string>;
  body: string;
  /** Why it is not available, in two or three words. */
  reason?: string;
}

/** Where the product's service answers. */
export const PATHS = ['/ready', '/health', '/messages'];

const NO_READY_PODS = 'a deployment has no ready pod';
const NOT_WRITABLE = 'database not writable';
/** SQLSTATE of a row whose number is already there. */
const UNIQUE_VIOLATION = '23505';

/** The product's own service, as the pods of one region run it: `/ready`, `/health` and `/messages`. */
export class Service {
  readonly #world: World;
  readonly #system: System;
  readonly #region: string;
  readonly #databases: Databases;
  #requests = 0;

  constructor(world: World, system: System, region: string, databases: Databases) {
    this.#world = world;
    this.#system = system;
    this.#region = region;
    this.#databases = databases;
  }

  /** Pods that take requests: the ready ones of the deployment that stands behind the load balancer. */
  targets(): PodState[] {
    const groups = Object.values(this.#world.state.elbv2[this.#region]?.targetGroups ?? {});
    const behind = groups.find((group) => group.kind === 'service')?.deployment;
    return this.#readyPods(behind ?? this.#system.kubernetes.deployments[0] ?? '');
  }

  /** Answers as the next of the `targets` would. */
  async answer(targets: PodState[], { method, path, body }: ServiceRequest): Promise<ServiceAnswer> {
    const pod = targets[this.#requests++ % targets.length];
    if (!pod) return json(503, { error: 'no pod is ready' });
    if (method === 'GET' && path === '/ready') return this.#ready();
    if (method === 'GET' && path === '/health') return await this.#health(pod);
    if (method === 'POST' && path === '/messages') return await this.#write(pod, body);
    return json(404, { error: `nothing answers ${method} ${path}` });
  }

  #readyPods(deployment: string): PodState[] {
    const cluster = this.#world.state.kubernetes[this.#region];
    return cluster ? readyPods(cluster, deployment, this.#world.clock.now()) : [];
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
    const connection = connectionOf(pod.environment, this.#system.kubernetes.secret);
    const deployments = this.#components();
    const missing = Object.keys(deployments).filter((name) => deployments[name]?.ready === 0);
    let database: { writable: boolean; address: string; error?: string };
    try {
      // A write that is taken back shows what users need to know: this server accepts writes, from this role, now.
      const number = -randomInt(1, 2 ** 47);
      await this.#databases.query(connection, `BEGIN; INSERT INTO messages (id) VALUES (${number}); ROLLBACK`);
      database = { writable: true, address: connection.address };
    } catch (error) {
      database = { writable: false, address: connection.address, error: describe(error) };
    }
    const healthy = database.writable && missing.length === 0;
    const components = { database, ...deployments };
    const content = { status: healthy ? 'healthy' : 'unhealthy', region: this.#region, components };
    if (healthy) return json(200, content);
    return { ...json(503, content), reason: database.writable ? NO_READY_PODS : NOT_WRITABLE };
  }

  async #write(pod: PodState, body: string): Promise<ServiceAnswer> {
    const id = numberIn(body);
    if (id === undefined) return json(400, { error: 'send {"id": <whole number>}' });
    try {
      const connection = connectionOf(pod.environment, this.#system.kubernetes.secret);
      await this.#databases.query(connection, 'INSERT INTO messages (id) VALUES ($1)', [id]);
      return json(201, { id });
    } catch (error) {
      const duplicate = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
      const content = { error: describe(error) };
      return duplicate ? json(409, content) : { ...json(503, content), reason: NOT_WRITABLE };
    }
  }
}

function numberIn(body: string): number | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const id = typeof parsed === 'object' && parsed !== null && 'id' in parsed ? parsed.id : undefined;
    return Number.isSafeInteger(id) ? Number(id) : undefined;
  } catch {
    return undefined;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function json(status: number, content: object): ServiceAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(content)}\n` };
}
