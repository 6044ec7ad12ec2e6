import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { System } from '../../src/domain/system.ts';
import { initializeCluster } from '../../src/store/embedded/cluster.ts';
import { freePort, startServer, stopServer } from '../../src/store/embedded/server.ts';
import { serverUser } from '../../src/store/embedded/user.ts';
import { copyRunning } from './copy-data.ts';
import { type Passwords, REPLICATION_USER, roleStatements, SUPERUSER } from './roles.ts';
import { plantSeeds } from './seeds.ts';

/** One real server of the simulated world; its port is known to nobody but its gates. */
export interface DatabaseServer {
  /** Below the folder of all servers. */
  folder: string;
  dataDirectory: string;
  port: number;
}

/**
 * Nothing is flushed to disk (no machine crashes in the simulated world, only servers do), and no timeout ends a link
 * that is late or hangs: those are the world's affairs. Old write-ahead log is kept: a restore to a point in time reads
 * it where it was written.
 */
const SETTINGS = {
  fsync: 'off',
  max_connections: 100,
  shared_buffers: '16MB',
  wal_level: 'replica',
  wal_keep_size: '512MB',
  wal_sender_timeout: 0,
  wal_receiver_timeout: 0,
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '200ms',
  max_wal_senders: 10,
  jit: 'off',
};

export function dataDirectoryOf(directory: string, folder: string): string {
  return join(directory, folder, 'data');
}

/** Starts a server on a folder that has a cluster; it dies with this process, even by `kill -9`. */
export async function runServer(directory: string, folder: string): Promise<DatabaseServer> {
  const dataDirectory = dataDirectoryOf(directory, folder);
  const logFile = join(directory, folder, 'log');
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      await startServer({ dataDirectory, logFile, port, settings: SETTINGS, leash: true });
      return { folder, dataDirectory, port };
    } catch (error) {
      // Somebody else may have taken the port in the meantime.
      if ((error as { code?: string }).code !== 'postgres.port-taken' || attempt === 5) throw error;
    }
  }
}

/** Makes the primary: a new cluster with the system's roles, database and tables, and what they held at `startedAt`. */
export async function makePrimary(
  directory: string,
  folder: string,
  system: System,
  passwords: Passwords,
  startedAt: number,
): Promise<DatabaseServer> {
  const dataDirectory = dataDirectoryOf(directory, folder);
  await mkdir(dirname(dataDirectory), { recursive: true });
  await initializeCluster({ dataDirectory, superuser: SUPERUSER, password: passwords.superuser, durable: false });
  const server = await runServer(directory, folder);
  const { roles, template, databases, tables } = roleStatements(system, passwords);
  const carryOut = (database: string, statements: string[]) =>
    inSession(server, database, passwords, async (client) => {
      for (const statement of statements) await client.query(statement);
    });
  await carryOut('postgres', roles);
  await carryOut('template1', template);
  await carryOut('postgres', databases);
  await carryOut(system.database.name, tables);
  await inSession(server, system.database.name, passwords, (client) => plantSeeds(client, startedAt));
  return server;
}

/** Makes a standby's folder from a running server, as pg_basebackup would (the package does not carry it). */
export async function copyForStandby(
  source: DatabaseServer,
  directory: string,
  folder: string,
  passwords: Passwords,
): Promise<void> {
  const target = dataDirectoryOf(directory, folder);
  await rm(target, { recursive: true, force: true });
  await copyRunning(source, target, passwords);
  await writeFile(join(target, 'standby.signal'), '');
}

/**
 * Points a standby's folder at the replication link and hands it to the account that runs the servers. The password is
 * in a file of that account: on the command line everybody could read it.
 */
export async function pointAtLink(directory: string, folder: string, linkPort: number, passwords: Passwords) {
  const dataDirectory = dataDirectoryOf(directory, folder);
  const fields = {
    host: '127.0.0.1',
    port: String(linkPort),
    user: REPLICATION_USER,
    password: passwords.replication,
    application_name: folder,
    sslmode: 'disable',
    gssencmode: 'disable',
  };
  const quote = (value: string) => `'${value.replace(/[\\']/g, '\\$&')}'`;
  const link = Object.entries(fields)
    .map(([field, value]) => `${field}=${quote(value)}`)
    .join(' ');
  const conninfo = link.replace(/[\\']/g, (character) => character + character);
  await writeSettings(dataDirectory, `primary_conninfo = '${conninfo}'\n`);
  await handOver(dataDirectory);
}

/** Replaces the settings that a cluster carries itself, besides those that it is started with. */
export async function writeSettings(dataDirectory: string, text: string): Promise<void> {
  await writeFile(join(dataDirectory, 'postgresql.auto.conf'), text, { mode: 0o600 });
}

/** Ends servers that an earlier life left in `directory` (only those whose data folder is ours). */
export async function stopLeftovers(directory: string): Promise<void> {
  const folders = (await readdir(directory).catch(() => []))
    .map((folder) => dataDirectoryOf(directory, folder))
    .filter((folder) => existsSync(folder));
  await Promise.all(folders.map((folder) => stopServer(folder, 'immediate')));
}

/** Removes a server's folder, or all of them. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** Hands a data folder to the account that runs the servers. */
export async function handOver(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  const user = serverUser();
  if (!user) return;
  const entries = await readdir(folder, { recursive: true });
  await Promise.all(['.', ...entries].map((entry) => chown(join(folder, entry), user.uid, user.gid)));
}

async function inSession(
  server: DatabaseServer,
  database: string,
  passwords: Passwords,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: server.port,
    user: SUPERUSER,
    password: passwords.superuser,
    database,
  });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
