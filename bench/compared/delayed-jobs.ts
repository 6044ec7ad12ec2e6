import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { emptyDatabase } from '../support/database.ts';

const SCHEMA = 'delayed_jobs';
const BATCH = 1000;

/** Delayed jobs of BullMQ on PostgreSQL, due at these times (epoch milliseconds). */
export interface DelayedJobs {
  add(dueAt: readonly number[]): Promise<void>;
  /** How late each of those that have run by now was, milliseconds. */
  lateness(): readonly number[];
  close(): Promise<void>;
}

export async function createDelayedJobs(): Promise<DelayedJobs> {
  const connectionString = await emptyDatabase();
  const client = new pg.Client({ connectionString });
  await client.connect();
  await runMigrations(client, SCHEMA);
  await client.end();
  const connection = { connectionString, schema: SCHEMA, max: 8 };
  const queue = new Queue('delayed', { connection }, createPostgresBackend);
  const late: number[] = [];
  const worker = new Worker(
    'delayed',
    async ({ data: { dueAt } }: { data: { dueAt: number } }) => {
      late.push(Date.now() - dueAt);
    },
    { connection, concurrency: 50 },
    createPostgresBackend,
  );
  worker.on('error', () => undefined);
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return {
    async add(dueAt) {
      for (let first = 0; first < dueAt.length; first += BATCH) {
        await queue.addBulk(
          dueAt.slice(first, first + BATCH).map((due) => ({
            name: 'due',
            data: { dueAt: due },
            opts: { delay: Math.max(1, due - Date.now()), removeOnComplete: true, removeOnFail: true },
          })),
        );
      }
    },
    lateness: () => late,
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}
