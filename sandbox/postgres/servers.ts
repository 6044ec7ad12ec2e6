import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import pg from 'pg';
import type { System } from '../../src/domain/system.ts';
import { initializeCluster } from '../../src/store/embedded/cluster.ts';
import { freePort, startServer, stopServer } from '../../src/store/embedded/server.ts';
import { serverUser } from '../../src/store/embedded/user.ts';
import { type Passwords, REPLICATION_USER, roleStatements, SUPERUSER } from './roles.ts';
import { plantSeeds } from './seeds.ts';

/** One real server of the simulated world; its port is known to nobody but its gates. */
export interface DatabaseServer {
  instance: string;
  dataDirectory: string;
  port: number;
}

/** Nothing is flushed to disk, and no timeout ends a link that is late or hangs: those are the world's affairs. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: 100,
  shared_buffers: '16MB',
  wal_level: 'replica',
  wal_keep_size: '512MB',
  wal_sender_timeout: 0,
  wal_receiver_timeout: 0,
  wal_receiver_status_interval: '1s',
  wal_retrieve_retry_interval: '200ms',
  max_wal_senders: 5,
  jit: 'off',
};

/** Folders whose content belongs to one running server; a standby makes its own. */
const NOT_COPIED = ['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp'];
const NOT_COPIED_FILES = /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*|postgresql\.auto\.conf\.tmp)$/;

export function dataDirectoryOf(directory: string, instance: string): string {
  return join(directory, instance, 'data');
}

/** Starts a server on a folder that has a cluster; it dies with this process, even by `kill -9`. */
export async function runServer(directory: string, instance: string): Promise<DatabaseServer> {
  const dataDirectory = dataDirectoryOf(directory, instance);
  const logFile = join(directory, instance, 'log');
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      await startServer({ dataDirectory, logFile, port, settings: SETTINGS, leash: true });
      return { instance, dataDirectory, port };
    } catch (error) {
      // Somebody else may have taken the port in the meantime.
      if ((error as { code?: string }).code !== 'postgres.port-taken' || attempt === 5) throw error;
    }
  }
}

/** Makes the primary: a new cluster with the system's roles, database and tables, and what they held at `startedAt`. */
export async function makePrimary(
  directory: string,
  instance: string,
  system: System,
  passwords: Passwords,
  startedAt: number,
): Promise<DatabaseServer> {
  const dataDirectory = dataDirectoryOf(directory, instance);
  await mkdir(dirname(dataDirectory), { recursive: true });
  await initializeCluster({ dataDirectory, superuser: SUPERUSER, password: passwords.superuser, durable: false });
  const server = await runServer(directory, instance);
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

/** Makes a standby's folder from a running primary, as pg_basebackup would (the package does not carry it). */
export async function copyForStandby(
  primary: DatabaseServer,
  directory: string,
  instance: string,
  passwords: Passwords,
): Promise<void> {
  const target = dataDirectoryOf(directory, instance);
  await mkdir(target, { recursive: true, mode: 0o700 });
  await inSession(primary, 'postgres', passwords, async (client) => {
    await client.query("SELECT pg_backup_start('standby', true)");
    await cp(primary.dataDirectory, target, {
      recursive: true,
      filter(source) {
        const [folder, entry] = relative(primary.dataDirectory, source).split('/');
        return !(entry !== undefined && NOT_COPIED.includes(folder ?? '')) && !NOT_COPIED_FILES.test(basename(source));
      },
    });
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(join(target, 'backup_label'), rows[0]?.labelfile ?? '');
  });
  await writeFile(join(target, 'standby.signal'), '');
}

/**
 * Points a standby's folder at the replication link and hands it to the account that runs the servers. The password is
 * in a file of that account: on the command line everybody could read it.
 */
export async function pointAtLink(directory: string, instance: string, linkPort: number, passwords: Passwords) {
  const dataDirectory = dataDirectoryOf(directory, instance);
  const fields = {
    host: '127.0.0.1',
    port: String(linkPort),
    user: REPLICATION_USER,
    password: passwords.replication,
    application_name: instance,
    sslmode: 'disable',
    gssencmode: 'disable',
  };
  const quote = (value: string) => `'${value.replace(/[\\']/g, '\\$&')}'`;
  const link = Object.entries(fields)
    .map(([field, value]) => `${field}=${quote(value)}`)
    .join(' ');
  await writeFile(
    join(dataDirectory, 'postgresql.auto.conf'),
    `primary_conninfo = '${link.replace(/[\\']/g, (character) => character + character)}'\n`,
    { mode: 0o600 },
  );
  await handOver(dataDirectory);
}

/** Ends servers that an earlier life left in `directory` (only those whose data folder is ours). */
export async function stopLeftovers(directory: string, instances: string[]): Promise<void> {
  const folders = instances
    .map((instance) => dataDirectoryOf(directory, instance))
    .filter((folder) => existsSync(folder));
  await Promise.all(folders.map((folder) => stopServer(folder, 'immediate')));
}

export async function removeServers(directory: string, instances: string[]): Promise<void> {
  await Promise.all(
    instances.map((instance) =>
      rm(join(directory, instance), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
    ),
  );
}

async function handOver(folder: string): Promise<void> {
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
