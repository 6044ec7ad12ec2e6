import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import type pg from 'pg';
import type { Logger } from '../log.ts';
import { createPool } from './connection.ts';
import { translated } from './errors.ts';
import type { Tables } from './tables.ts';

/** The tables as a transaction or a single statement sees them. */
export type Tx = Transaction<Tables>;

/** The one way to the tables: each function throws Retryable `store.unavailable` when the database does not answer. */
export interface Database {
  query<T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** All of `work` or nothing of it; read committed. What `work` throws is passed on. */
  transaction<T>(work: (tables: Tx) => Promise<T>): Promise<T>;
  /** One statement, planned once a connection under this name; its rows. For what is done all the time. */
  prepared<Row extends pg.QueryResultRow>(name: string, sql: string, values: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Opens a pool of so many connections; nothing is connected before the first statement. */
export function openDatabase(connectionString: string, logger: Logger, connections = 8): Database {
  const pool = createPool(connectionString, connections, (error) =>
    logger.warn({ err: error }, 'Database connection lost'),
  );
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    query: (work) => translated(() => work(kysely)),
    transaction: (work) => translated(() => kysely.transaction().execute(work)),
    prepared: (name, text, values) => translated(async () => (await pool.query({ name, text, values })).rows),
    close: () => kysely.destroy(),
  };
}
