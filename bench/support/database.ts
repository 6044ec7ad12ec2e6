import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../src/store/migrate.ts';

/** Where the runner tells a figure's process of the one server that everything is measured on. */
export const SERVER_VARIABLE = 'LIFEBOAT_BENCH_POSTGRES';

/** The superuser's connection to the run's server. Throws when this process was not started by the runner. */
function serverUrl(): string {
  const url = process.env[SERVER_VARIABLE];
  if (url === undefined) throw new Error('No server: start the benchmarks with npm run bench.');
  return url;
}

/** A new, empty database on the run's server; it goes with the server. */
export async function emptyDatabase(): Promise<string> {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await execute(serverUrl(), `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

/** A new database with the tables of Lifeboat's store. */
export async function storeDatabase(): Promise<string> {
  const connectionString = await emptyDatabase();
  await migrate(connectionString);
  return connectionString;
}

/** Runs one statement on a connection of its own; returns the rows. */
export async function execute<Row extends pg.QueryResultRow>(
  connectionString: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
