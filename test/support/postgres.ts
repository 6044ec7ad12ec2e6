import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { initializeCluster } from '../../src/store/embedded/cluster.ts';
import { freePort, startServer, stopServer } from '../../src/store/embedded/server.ts';

/** Where jest's global setup tells the workers of the suite's server. */
const VARIABLE = 'LIFEBOAT_TEST_POSTGRES';
const TEMPLATE = 'lifeboat_template';

export interface TestServer {
  /** Superuser's connection to the database `postgres`. */
  connectionString: string;
  stop(): Promise<void>;
}

/**
 * Starts a disposable server in a temporary folder: nothing is flushed to disk, and it dies with this process. Its
 * template database is prepared by `prepare` (the store's migrations).
 */
export async function startTestServer(prepare?: (connectionString: string) => Promise<void>): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-test-postgres-'));
  const dataDirectory = join(directory, 'data');
  const password = randomBytes(12).toString('hex');
  await initializeCluster({ dataDirectory, superuser: 'lifeboat', password, durable: false });
  const port = await freePort();
  await startServer({
    dataDirectory,
    port,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 300 },
    logFile: join(directory, 'log'),
    leash: true,
  });
  const connectionString = `postgres://lifeboat:${password}@127.0.0.1:${port}/postgres`;
  await run(connectionString, `CREATE DATABASE ${TEMPLATE}`);
  await prepare?.(databaseUrl(connectionString, TEMPLATE));
  return {
    connectionString,
    async stop() {
      await stopServer(dataDirectory, 'immediate');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Makes the server known to the test files of this suite: called by jest's global setup. */
export function announceTestServer(server: TestServer): void {
  process.env[VARIABLE] = server.connectionString;
}

/**
 * The suite's one server, as its superuser, shared by all test files: jest's global setup started it. For a database
 * of one's own see `createTestDatabase`.
 */
export function usePostgres(): { connectionString: string } {
  const connectionString = process.env[VARIABLE];
  if (connectionString === undefined) {
    throw new Error('No test server: this file must belong to the "integration" project of jest in package.json.');
  }
  return { connectionString };
}

/** A database of one's own with the store's migrations applied, cloned from a template (some 20 ms). */
export async function createTestDatabase(): Promise<{ connectionString: string; drop: () => Promise<void> }> {
  const { connectionString } = usePostgres();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await run(connectionString, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  return {
    connectionString: databaseUrl(connectionString, name),
    drop: () => run(connectionString, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

function databaseUrl(connectionString: string, database: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${database}`;
  return url.href;
}

async function run(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
