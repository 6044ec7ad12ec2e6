import type { Journal, Store } from '../engine/ports.ts';
import type { Logger } from '../log.ts';
import { createCursors } from './cursors.ts';
import { openDatabase } from './database.ts';
import { createDeliveries } from './deliveries.ts';
import { Folds } from './folds.ts';
import { createJournal } from './journal.ts';
import { createLeases } from './leases.ts';
import { assertMigrated } from './migrate.ts';
import { createProgress } from './progress.ts';
import { createRequests } from './requests.ts';
import { createSamples } from './samples.ts';
import { AppendSubscription } from './subscription.ts';
import { createTimers } from './timers.ts';

/**
 * The store over a migrated database. Throws Permanent `store.older` or `store.newer` when the database does not stand
 * where this program does, and Retryable `store.unavailable` when it does not answer; every function of the store
 * throws the latter as well. `close` ends subscriptions, too.
 */
export async function createStore({
  connectionString,
  logger,
}: {
  connectionString: string;
  logger: Logger;
}): Promise<Store> {
  await assertMigrated(connectionString);
  const database = openDatabase(connectionString, logger);
  // A connection of their own: whoever holds a lease can say so, however many appends wait for the others.
  const forLeases = openDatabase(connectionString, logger, 1);
  const folds = new Folds();
  const subscriptions = new Set<AppendSubscription>();

  const subscribe: Journal['subscribe'] = async (onAppend) => {
    const subscription = new AppendSubscription({ connectionString, database, logger, onAppend });
    subscriptions.add(subscription);
    await subscription.start();
    return async () => {
      subscriptions.delete(subscription);
      await subscription.close();
    };
  };

  return {
    journal: createJournal(database, folds, subscribe),
    leases: createLeases(forLeases),
    timers: createTimers(database, folds, logger),
    progress: createProgress(database),
    samples: createSamples(database),
    requests: createRequests(database),
    deliveries: createDeliveries(database),
    cursors: createCursors(database),
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await Promise.all([database.close(), forLeases.close()]);
    },
  };
}
