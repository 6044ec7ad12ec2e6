import {
  createPostgresBackend,
  type JobProgress,
  type PostgresConnectionOptions,
  type PostgresQueueBackend,
  type Processor,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Retryable } from '../domain/errors.ts';
import { closeOrCut, endsWithin } from './closing.ts';

/** Where the queue lives: in Redis when `redisUrl` is given, else in PostgreSQL. */
export interface QueuePlace {
  connectionString: string;
  redisUrl?: string | undefined;
}

/** All that a job carries. */
export interface Wake {
  incident: string;
}

/** A wake is done now; a later one becomes a wake when its delay has passed. */
export type WakeName = 'wake' | 'wake-later';

const NAME = 'lifeboat-wakes';
/** BullMQ's tables, apart from ours and from those of another program in the same database. */
const SCHEMA = 'lifeboat_queue';

/** Machine milliseconds. */
const CONNECT_TIMEOUT = 3_000;
const QUERY_TIMEOUT = 10_000;
const READY_TIMEOUT = 5_000;
/**
 * A job of a dead worker comes back within some seconds. That is for the queue's own sake: who may drive a run is
 * settled by its lease.
 */
const LOCK_DURATION = 2_000;

/**
 * Creates or upgrades BullMQ's tables, which is harmless when they are there; any number of processes may do it at
 * once. In Redis there is nothing to make, and only its answer is awaited, because BullMQ would wait for ever.
 */
export async function migrateQueue({ connectionString, redisUrl }: QueuePlace): Promise<void> {
  if (redisUrl !== undefined) return assertRedis(redisUrl);
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT });
  client.on('error', () => {});
  try {
    await client.connect();
    await runMigrations(client, SCHEMA);
  } catch (cause) {
    throw unavailable('PostgreSQL at DATABASE_URL', cause);
  } finally {
    await client.end().catch(() => {});
  }
}

/** What both sides need besides their place. */
interface Ends {
  /** Hears of connection trouble, which ends by itself. */
  onError: (error: Error) => void;
  /** From its abort on, a lost connection is not made again; abort it before closing. */
  closing: AbortSignal;
}

/** The producing side. Throws Retryable `queue.unavailable`. */
export async function openQueue(place: QueuePlace, { onError, closing }: Ends) {
  const options: Omit<QueueOptions, 'connection'> = { streams: { events: { maxLen: 10 } } };
  const queue =
    place.redisUrl === undefined
      ? new Queue<Wake, void, WakeName, Wake, void, WakeName, PostgresQueueBackend, PostgresConnectionOptions>(
          NAME,
          { ...options, connection: postgres(place.connectionString, 2) },
          createPostgresBackend,
        )
      : new Queue<Wake, void, WakeName>(NAME, { ...options, connection: producer(place.redisUrl, closing) });
  queue.on('error', onError);
  await ready(queue, place);
  return queue;
}

/** The consuming side, already running. Throws Retryable `queue.unavailable`. */
export async function openWorker(
  place: QueuePlace,
  { concurrency, lockDuration = LOCK_DURATION }: { concurrency: number; lockDuration?: number | undefined },
  processor: Processor<Wake, void, WakeName>,
  { onError, closing }: Ends,
) {
  const options: Omit<WorkerOptions, 'connection'> = {
    concurrency,
    lockDuration,
    stalledInterval: 1_000,
    maxStalledCount: 1_000,
    // Seconds after which an idle worker looks by itself, should the connection that tells it have died in silence.
    drainDelay: 2,
    runRetryDelay: 1_000,
  };
  const worker =
    place.redisUrl === undefined
      ? new Worker<Wake, void, WakeName, PostgresQueueBackend, JobProgress, PostgresConnectionOptions>(
          NAME,
          processor,
          { ...options, connection: postgres(place.connectionString, 4) },
          createPostgresBackend,
        )
      : new Worker<Wake, void, WakeName>(NAME, processor, {
          ...options,
          connection: { ...redis(place.redisUrl, closing), maxRetriesPerRequest: null },
        });
  worker.on('error', onError);
  await ready(worker, place);
  return worker;
}

async function assertRedis(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: CONNECT_TIMEOUT, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
  } catch (cause) {
    throw unavailable('Redis at REDIS_URL', cause);
  } finally {
    client.disconnect();
  }
}

function postgres(connectionString: string, max: number): PostgresConnectionOptions {
  return {
    connectionString,
    schema: SCHEMA,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: QUERY_TIMEOUT,
    keepAlive: true,
  };
}

function redis(url: string, closing: AbortSignal) {
  const retryStrategy = (times: number) => (closing.aborted ? null : Math.min(times * 100, 1_000));
  return { url, connectTimeout: CONNECT_TIMEOUT, retryStrategy };
}

/** A connection of our own, so that it can be cut at once: BullMQ waits for a Redis that is gone. */
function producer(url: string, closing: AbortSignal): Redis {
  // A wake that cannot be sent now is not kept: the reconciler repeats it.
  const client = new Redis(url, { ...redis(url, closing), enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  closing.addEventListener('abort', () => client.disconnect(), { once: true });
  return client;
}

async function ready(
  part: { waitUntilReady(): Promise<unknown>; close(): Promise<void>; disconnect(): Promise<void> },
  { redisUrl }: QueuePlace,
): Promise<void> {
  let cause: unknown;
  const connected = part.waitUntilReady().catch((error: unknown) => {
    cause = error;
    throw error;
  });
  if (await endsWithin(READY_TIMEOUT, [connected])) return;
  await closeOrCut(part);
  throw unavailable(redisUrl === undefined ? 'PostgreSQL at DATABASE_URL' : 'Redis at REDIS_URL', cause);
}

function unavailable(where: string, cause: unknown): Retryable {
  return new Retryable('queue.unavailable', `The queue in ${where} does not answer: check that it is up.`, { cause });
}
