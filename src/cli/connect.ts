import type { Config } from '../config.ts';
import { type Clock, createClock, createWorldClock } from '../domain/clock.ts';
import type { Store } from '../engine/ports.ts';
import { createLogger } from '../log.ts';
import { ensureEmbeddedPostgres } from '../store/embedded/supervisor.ts';
import { migrate } from '../store/migrate.ts';
import { createStore } from '../store/store.ts';

/** The bot's own database, and whatever the machine's clock says is now. */
export interface Connection {
  store: Store;
  clock: Clock;
  close(): Promise<void>;
}

/** Opens the store that the bot uses: DATABASE_URL, or the embedded server, which is started when it does not run. */
export async function connect(config: Config): Promise<Connection> {
  const logger = createLogger('error');
  const { databaseUrl, stateDirectory, clock: anchor } = config;
  const embedded = databaseUrl ? undefined : await ensureEmbeddedPostgres({ stateDirectory, logger });
  try {
    const connectionString = databaseUrl ?? embedded?.connectionString ?? '';
    if (embedded) await migrate(connectionString, logger);
    const store = await createStore({ connectionString, logger });
    return {
      store,
      clock: anchor ? createWorldClock(anchor) : createClock(),
      async close() {
        await store.close();
        await embedded?.release();
      },
    };
  } catch (error) {
    await embedded?.release();
    throw error;
  }
}
