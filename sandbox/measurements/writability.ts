import type { System } from '../../src/domain/system.ts';
import type { Databases } from '../postgres/databases.ts';
import { conditionOf } from '../world/condition.ts';
import { databaseInstances } from '../world/database-address.ts';
import type { World } from '../world/world.ts';

/** Machine milliseconds that an answer is good for. */
const FRESH = 1000;

/** Whether the application's users may sign in to each instance and write there. */
export class Writability {
  readonly #world: World;
  readonly #system: System;
  readonly #databases: Pick<Databases, 'query'>;
  readonly #accepts = new Map<string, boolean>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(world: World, system: System, databases: Pick<Databases, 'query'>) {
    this.#world = world;
    this.#system = system;
    this.#databases = databases;
  }

  /** What is known now, by instance. It never waits: what is older than a second is asked anew for the next call. */
  now(): Record<string, boolean> {
    if (!this.#looking && performance.now() - this.#lookedAt >= FRESH) {
      this.#lookedAt = performance.now();
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined;
      });
    }
    const known: Record<string, boolean> = {};
    for (const { region, identifier: instance } of this.#instances()) {
      const accepts = this.#accepts.get(instance);
      // As the services of its own region come to it.
      const condition = conditionOf(this.#world.state, { region, part: 'database', from: region });
      if (condition !== 'up') known[instance] = false;
      else if (accepts !== undefined) known[instance] = accepts;
    }
    return known;
  }

  /** Resolves when nothing is being asked. */
  async idle(): Promise<void> {
    await this.#looking;
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#instances().map(async ({ identifier: instance }) => {
        try {
          const [row] = await this.#databases.query<{ accepts: boolean }>(
            instance,
            `SELECT NOT pg_is_in_recovery() AND
               EXISTS (SELECT FROM pg_roles WHERE rolname = ANY($1) AND rolcanlogin) AS accepts`,
            [this.#system.database.applicationUsers],
          );
          if (row) this.#accepts.set(instance, row.accepts);
        } catch {
          // A server that restarts cannot be asked; what is known of it is not known any more.
          this.#accepts.delete(instance);
        }
      }),
    );
  }

  #instances() {
    return databaseInstances(this.#world.state);
  }
}
