import pg from 'pg';
import type { IncidentEvent } from '../../src/domain/events.ts';
import type { Decision, Store } from '../../src/engine/ports.ts';
import { createLogger } from '../../src/log.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { openTestStore } from '../support/store.ts';

export const silent = createLogger('silent');
/** World time at which things happen in these tests, epoch milliseconds. */
export const NOON = Date.UTC(2026, 0, 5, 12);

export const declared = (system = 'chatbot'): IncidentEvent => ({
  type: 'incident.declared',
  system,
  title: 'Primary region failure',
  severity: 'P0',
  by: 'U1',
  channel: 'C1',
  detectedAt: NOON,
  tiers: [{ tier: 1, afterSeconds: 0, action: 'Page the on-call engineer', contact: 'primary' }],
});

export const failure = (planId: string): IncidentEvent => ({
  type: 'plan.failed',
  planId,
  by: 'U1',
  error: { code: 'test', message: 'nothing' },
});

export const planFailed = (planId: string): Decision => ({ events: [failure(planId)] });

/** Stores on one fresh database, as two processes of the product have them, and a superuser beside them. */
export interface Bench {
  connectionString: string;
  store: Store;
  other: Store;
  sql(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function createBench(): Promise<Bench> {
  const database = await createTestDatabase();
  const { connectionString } = database;
  const store = await openTestStore(connectionString);
  const other = await openTestStore(connectionString);
  const client = new pg.Client({ connectionString });
  await client.connect();
  return {
    connectionString,
    store,
    other,
    sql: async (text, values) => (await client.query(text, values)).rows,
    async close() {
      await Promise.all([store.close(), other.close(), client.end()]);
      await database.drop();
    },
  };
}

/** Waits until `condition` holds; fails with `what` after a minute. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
