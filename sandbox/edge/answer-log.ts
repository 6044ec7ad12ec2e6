import type { World } from '../world/world.ts';
import type { ServiceAnswer } from './answer.ts';

/** World milliseconds for which answers that change to and fro are recorded once. */
const QUIET = 10_000;
const UNAVAILABLE = 500;

/** What a load balancer was asked: `path` on one of the product's hosts. */
export interface Asked {
  method: string;
  host: string;
  path: string;
}

/**
 * Records in the call log where a load balancer's answers to one question turn bad, turn bad for another reason, or
 * turn good again. Users ask ten times a second: each of their writes would drown all else. Until the first bad answer
 * all is taken for good.
 */
export class AnswerLog {
  readonly #world: World;
  readonly #region: string;
  readonly #recorded = new Map<string, { outcome: string; at: number }>();

  constructor(world: World, region: string) {
    this.#world = world;
    this.#region = region;
  }

  note({ method, host, path }: Asked, { status, reason }: ServiceAnswer): void {
    const operation = `${method} ${path}`;
    const key = `${operation} ${host}`;
    const isBad = status >= UNAVAILABLE;
    const outcome = isBad ? `${status} ${reason}` : 'good';
    const before = this.#recorded.get(key);
    const now = this.#world.clock.now();
    if (outcome === (before?.outcome ?? 'good') || (before && now - before.at < QUIET)) return;
    this.#recorded.set(key, { outcome, at: now });
    const entry = { service: 'alb', region: this.#region, operation, resource: host, mutating: false, status };
    // How long it took is the machine's affair, not the world's.
    this.#world.recordCall({ ...entry, ...(isBad && { error: reason ?? String(status) }) }, now);
  }
}
