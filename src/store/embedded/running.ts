import { existsSync, statSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describeError, Permanent, Retryable } from '../../domain/errors.ts';
import { initializeCluster } from './cluster.ts';
import { connectionString, ensurePassword, type StorePlace, SUPERUSER } from './place.ts';
import { findPostmaster } from './postmaster.ts';
import { freePort, startServer } from './server.ts';

const DEADLINE_MS = 30_000;
const LOG_LIMIT_BYTES = 5 * 2 ** 20;

/** A small server that loses nothing: `fsync` and `synchronous_commit` stay on, as they are by default. */
const SETTINGS = {
  max_connections: 100,
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: 0,
  jit: 'off',
  // Sessions of killed users end at once instead of holding their locks until the next write.
  ...(platform() === 'win32' ? {} : { client_connection_check_interval: '5s' }),
  log_min_messages: 'warning',
};

/**
 * Makes sure that the server runs and lets us in: adopts the one that runs, waits for one that starts or stops, else
 * makes and starts one. Must be called under the supervisor's lock. Throws `Permanent` or `Retryable`.
 */
export async function ensureRunning(place: StorePlace): Promise<{ port: number; started: boolean }> {
  const password = await ensurePassword(place);
  if (!existsSync(place.dataDirectory)) {
    await initializeCluster({ dataDirectory: place.dataDirectory, superuser: SUPERUSER, password, durable: true });
  }
  let started = false;
  let problem: unknown;
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await sleep(20)) {
    const running = findPostmaster(place.dataDirectory);
    try {
      if (!running) {
        await start(place);
        started = true;
      } else if (running.status === 'ready') {
        await signIn(place, running.port);
        return { port: running.port, started };
      }
    } catch (error) {
      if (!passing(error)) throw error;
      problem = error;
    }
  }
  throw new Retryable(
    'postgres.start-slow',
    `The embedded PostgreSQL in ${place.folder} does not become ready (${describeError(problem ?? 'it is still starting')}): see the file log there.`,
    { cause: problem },
  );
}

/** At the port of last time, when nobody has taken it. */
async function start(place: StorePlace): Promise<void> {
  if (existsSync(place.logFile) && statSync(place.logFile).size > LOG_LIMIT_BYTES) {
    await rename(place.logFile, `${place.logFile}.1`);
  }
  const { dataDirectory, logFile } = place;
  const lastPort = Number(await readFile(place.portFile, 'utf8').catch(() => ''));
  const run = (port: number) => startServer({ dataDirectory, logFile, port, settings: SETTINGS, leash: false });
  const server = await run(lastPort || (await freePort())).catch(async (error: unknown) => {
    if (!(error instanceof Retryable && error.code === 'postgres.port-taken')) throw error;
    return await run(await freePort());
  });
  await writeFile(place.portFile, `${server.port}\n`, { mode: 0o600 });
}

/** Signs in, which proves that the server is ours and works. */
async function signIn(place: StorePlace, port: number): Promise<void> {
  const client = new pg.Client({
    connectionString: await connectionString(place, port),
    connectionTimeoutMillis: 5_000,
  });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error;
    throw new Permanent(
      'postgres.password-wrong',
      `The embedded PostgreSQL does not accept the password in ${place.passwordFile}: bring the right file back, or move the folder away to begin anew.`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Troubles that end by themselves while a server comes or goes. */
function passing(error: unknown): boolean {
  if (error instanceof Retryable) return true;
  const code = (error as { code?: unknown }).code;
  return ['ECONNREFUSED', 'ECONNRESET', '57P01', '57P02', '57P03'].includes(String(code));
}
