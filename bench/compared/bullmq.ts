import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq';
import pg from 'pg';
import { emptyDatabase } from '../support/database.ts';

/** Jobs that do nothing, in BullMQ on PostgreSQL: a queue remembers no outputs and keeps no order of needs. */
export interface RawJobs {
  /** `count` jobs; `width` chains side by side, in which each job adds the next one. */
  run(count: number, width: number): Promise<void>;
  close(): Promise<void>;
}

const SCHEMA = 'raw_jobs';
const KEPT = { removeOnComplete: true, removeOnFail: true };

export async function createRawJobs(): Promise<RawJobs> {
  const connectionString = await emptyDatabase();
  const client = new pg.Client({ connectionString });
  await client.connect();
  await runMigrations(client, SCHEMA);
  await client.end();
  const connection = { connectionString, schema: SCHEMA, max: 8 };
  const queue = new Queue('raw', { connection }, createPostgresBackend);
  let done = (): void => undefined;
  let left = 0;
  let toAdd = 0;
  const worker = new Worker(
    'raw',
    async () => {
      if (toAdd > 0) {
        toAdd--;
        await queue.add('step', {}, KEPT);
      }
    },
    { connection, concurrency: 100 },
    createPostgresBackend,
  );
  worker.on('completed', () => {
    left--;
    if (left === 0) done();
  });
  worker.on('error', () => undefined);
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return {
    async run(count, width) {
      left = count;
      toAdd = count - width;
      const ended = new Promise<void>((resolve) => {
        done = resolve;
      });
      await queue.addBulk(Array.from({ length: width }, () => ({ name: 'step', data: {}, opts: KEPT })));
      await ended;
    },
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}
