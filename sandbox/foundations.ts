import { join } from 'node:path';
import type { System } from '../src/domain/system.ts';
import type { Store } from '../src/engine/ports.ts';
import type { Logger } from '../src/log.ts';
import { ensureEmbeddedPostgres } from '../src/store/embedded/supervisor.ts';
import { migrate } from '../src/store/migrate.ts';
import { createStore } from '../src/store/store.ts';
import { type Authority, createAuthority } from './authority.ts';
import type { Parts } from './parts.ts';
import { type Databases, startDatabases } from './postgres/databases.ts';
import type { Passwords } from './postgres/roles.ts';
import type { SavedWorld } from './saved/saved-world.ts';
import type { World } from './world/world.ts';

/** What must be there before a world can be served. */
export interface Foundations {
  /** Signs the certificates of all that speaks TLS. */
  authority: Authority;
  databases: Databases;
  /** The bot's own store: the judge and the measurements read it, nothing here writes it. */
  store: Store;
  /** Superuser's connection to the server that the store is on. Holds the password. */
  storeUrl: string;
  /** Where the bots keep their state, and the store's server its data. */
  stateDirectory: string;
}

/** Starts them below `directory`, the three slow ones side by side; `parts` ends what it has started. */
export async function startFoundations(
  world: World,
  parts: Parts,
  options: {
    system: System;
    directory: string;
    passwords: Passwords;
    saved: SavedWorld | undefined;
    logger: Logger;
  },
): Promise<Foundations> {
  const { system, directory, passwords, saved, logger } = options;
  const stateDirectory = join(directory, 'bot');
  const beginnings = [
    createAuthority(saved?.authority),
    parts.keep(
      startDatabases(world, {
        directory: join(directory, 'databases'),
        system,
        passwords,
        reuse: saved !== undefined,
      }),
      (part) => part.close(),
    ),
    parts.keep(ensureEmbeddedPostgres({ stateDirectory, logger }), (part) => part.release()),
  ] as const;
  // Where one fails, the others must have begun before they can be ended.
  await Promise.allSettled(beginnings);
  const [authority, databases, { connectionString }] = await Promise.all(beginnings);
  await migrate(connectionString, logger);
  const store = await parts.keep(createStore({ connectionString, logger }), (part) => part.close());
  return { authority, databases, store, storeUrl: connectionString, stateDirectory };
}
