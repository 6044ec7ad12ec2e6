import { sql } from 'kysely';
import type { Leases } from '../engine/ports.ts';
import type { Database } from './database.ts';
import { createRenewals } from './renewals.ts';

/** When a lease taken now ends, by the database's clock; workers' clocks may differ. */
const after = (milliseconds: number) => sql<Date>`clock_timestamp() + ${milliseconds} * interval '1 millisecond'`;

/** Leases as rows whose epoch only grows. */
export function createLeases(database: Database): Leases {
  return {
    async acquire(name, holder, milliseconds) {
      const row = await database.query((tables) =>
        tables
          .insertInto('lifeboat.leases')
          .values({ name, holder, epoch: 1, expires_at: after(milliseconds) })
          .onConflict((conflict) =>
            conflict
              .column('name')
              .doUpdateSet({ holder, epoch: sql<number>`leases.epoch + 1`, expires_at: after(milliseconds) })
              .where(
                sql<boolean>`leases.holder is null or leases.holder = ${holder}
                  or leases.expires_at <= clock_timestamp()`,
              ),
          )
          .returning('epoch')
          .executeTakeFirst(),
      );
      return row && { name, holder, epoch: row.epoch };
    },

    renew: createRenewals(database),

    async release({ name, holder, epoch }) {
      await database.query((tables) =>
        tables
          .updateTable('lifeboat.leases')
          .set({ holder: null })
          .where('name', '=', name)
          .where('holder', '=', holder)
          .where('epoch', '=', epoch)
          .execute(),
      );
    },
  };
}
