import { sql } from 'kysely';
import type { Cursors } from '../engine/ports.ts';
import type { Database } from './database.ts';

/** How far each projection has read; 0 when it has read nothing. A cursor never goes back. */
export function createCursors(database: Database): Cursors {
  return {
    async get(projection, incident) {
      const row = await database.query((tables) =>
        tables
          .selectFrom('lifeboat.cursors')
          .select('sequence')
          .where('projection', '=', projection)
          .where('incident', '=', incident)
          .executeTakeFirst(),
      );
      return row?.sequence ?? 0;
    },

    async set(projection, incident, sequence) {
      await database.query((tables) =>
        tables
          .insertInto('lifeboat.cursors')
          .values({ projection, incident, sequence })
          .onConflict((conflict) =>
            conflict
              .columns(['projection', 'incident'])
              .doUpdateSet({ sequence: sql<number>`greatest(cursors.sequence, excluded.sequence)` }),
          )
          .execute(),
      );
    },
  };
}
