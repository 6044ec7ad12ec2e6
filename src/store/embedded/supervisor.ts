import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { describeError, LifeboatError, Permanent } from '../../domain/errors.ts';
import { connectionString, placeIn, type StorePlace } from './place.ts';
import { findPostmaster } from './postmaster.ts';
import { withProcessLock } from './process-lock.ts';
import { ensureRunning } from './running.ts';
import { stopServer } from './server.ts';
import { countUsers, registerUser } from './users.ts';

const WATCH_EVERY_MS = 1_000;

export interface EmbeddedPostgres {
  /** Superuser's connection. Holds the password: keep it out of logs. */
  connectionString: string;
  /** Says that this user is done; the last one out stops the server. Repeating it is harmless. */
  release: () => Promise<void>;
}

type SupervisorLogger = Pick<Logger, 'info' | 'warn' | 'error'>;

/**
 * Lifeboat's own PostgreSQL server below `<stateDirectory>/postgres`, shared by all processes (bot, worker, terminal)
 * that use the same folder. The first one makes and starts it, others adopt it, also when the one who started it was
 * killed; the last one out stops it. A user that is killed leaves it running for whoever comes next. While held, a
 * server that dies is started again. Data survive all of this: nothing is acknowledged before it is on disk.
 *
 * Throws `Permanent` with one sentence that names the way out (mostly: set DATABASE_URL).
 */
export async function ensureEmbeddedPostgres(options: {
  stateDirectory: string;
  logger: SupervisorLogger;
}): Promise<EmbeddedPostgres> {
  const { logger } = options;
  const place = placeIn(resolve(options.stateDirectory));
  try {
    await mkdir(place.folder, { recursive: true, mode: 0o700 });
    return await withProcessLock(place.lock, () => enter(place, logger));
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    throw new Permanent(
      'postgres.unusable-folder',
      `The embedded PostgreSQL cannot be kept in ${place.folder} (${describeError(error)}): it must belong to the user that runs Lifeboat; or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/**
 * Stops the server below `<stateDirectory>/postgres` if nobody uses it any more: for whoever has killed the last user.
 * Returns whether no server runs there now.
 */
export async function stopUnusedPostgres(stateDirectory: string): Promise<boolean> {
  const place = placeIn(resolve(stateDirectory));
  if (!existsSync(place.folder)) return true;
  return await withProcessLock(place.lock, () => stopIfUnused(place));
}

async function enter(place: StorePlace, logger: SupervisorLogger): Promise<EmbeddedPostgres> {
  const registration = await registerUser(place.users);
  let watcher: NodeJS.Timeout | undefined;
  let releasing: Promise<void> | undefined;
  try {
    const { port, started } = await ensureRunning(place);
    if (started) logger.info({ port, dataDirectory: place.dataDirectory }, 'Embedded PostgreSQL started');
    else logger.info({ port }, 'Embedded PostgreSQL adopted');
    watcher = watch(place, logger);
    return {
      connectionString: await connectionString(place, port),
      release() {
        clearInterval(watcher);
        releasing ??= withProcessLock(place.lock, async () => {
          registration.remove();
          await stopIfUnused(place);
        });
        return releasing;
      },
    };
  } catch (error) {
    clearInterval(watcher);
    registration.remove();
    throw error;
  }
}

async function stopIfUnused(place: StorePlace): Promise<boolean> {
  if (countUsers(place.users) > 0) return false;
  if (existsSync(place.dataDirectory)) await stopServer(place.dataDirectory, 'fast');
  return true;
}

/** Starts a server again that has died under its users; a folder that was removed is not made anew. */
function watch(place: StorePlace, logger: SupervisorLogger): NodeJS.Timeout {
  let busy = false;
  const timer = setInterval(() => {
    if (busy || !existsSync(place.dataDirectory) || findPostmaster(place.dataDirectory)) return;
    busy = true;
    withProcessLock(place.lock, () => ensureRunning(place))
      .then(
        ({ port, started }) => started && logger.warn({ port }, 'Embedded PostgreSQL had died and was started again'),
      )
      .catch((error: unknown) => logger.error({ err: error }, 'Embedded PostgreSQL has died and does not start'))
      .finally(() => {
        busy = false;
      });
  }, WATCH_EVERY_MS);
  return timer.unref();
}
