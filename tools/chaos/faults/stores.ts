import { placeIn } from '../../../src/store/embedded/place.ts';
import { withProcessLock } from '../../../src/store/embedded/process-lock.ts';
import { stopServer } from '../../../src/store/embedded/server.ts';
import type { ChaosFault, StrikeContext } from '../fault.ts';

/** Machine milliseconds. */
const A_MINUTE = 60_000;
const A_MOMENT = 8000;
const REDIS_AWAY = 3000;

export const postgresRestarts: ChaosFault = {
  name: 'postgres-restarts',
  sentence: 'PostgreSQL dies as in a crash and is started again by the supervisor.',
  async strike(context) {
    await context.slowly(() => withoutPostgres(context, 0));
    return undefined;
  },
};

export const postgresAway: ChaosFault = {
  name: 'postgres-away',
  sentence: 'PostgreSQL is away for a minute (in the short form 8 s), and nobody can start it.',
  async strike(context) {
    await context.slowly(() => withoutPostgres(context, context.short ? A_MOMENT : A_MINUTE));
    return undefined;
  },
};

export const redisFlushed: ChaosFault = {
  name: 'redis-flushed',
  sentence: 'FLUSHALL of the Redis that carries the queue.',
  queue: 'redis',
  async strike({ redis }) {
    await redis?.flushAll();
    return undefined;
  },
};

export const redisRestarts: ChaosFault = {
  name: 'redis-restarts',
  sentence: 'The Redis that carries the queue is killed, and comes back empty 3 s later.',
  queue: 'redis',
  async strike({ redis, slowly }) {
    await slowly(async () => redis?.restart(REDIS_AWAY));
    return undefined;
  },
};

export const queueEmptied: ChaosFault = {
  name: 'queue-emptied',
  sentence: "Every row of BullMQ's tables in PostgreSQL is deleted.",
  queue: 'postgres',
  async strike({ store }) {
    await store.emptyQueue();
    return undefined;
  },
};

/** Kills the server; the supervisors of all processes wait for the lock, and one of them starts it again afterwards. */
async function withoutPostgres({ sandbox, store }: StrikeContext, milliseconds: number): Promise<void> {
  const place = placeIn(sandbox.stateDirectory);
  await withProcessLock(place.lock, async () => {
    await stopServer(place.dataDirectory, 'immediate');
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  });
  for (;;) {
    try {
      await store.runLease();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
