import type { Progress } from '../engine/ports.ts';
import type { Database } from './database.ts';

/** Last values of running steps, one row a step. */
export function createProgress(database: Database): Progress {
  return {
    async set(runId, step, sentence, at) {
      const row = { sentence, at: Math.round(at) };
      await database.query((tables) =>
        tables
          .insertInto('lifeboat.progress')
          .values({ run_id: runId, step, ...row })
          .onConflict((conflict) =>
            conflict
              .columns(['run_id', 'step'])
              .doUpdateSet(row)
              // Two writes may overtake each other on two connections: the newer one stays.
              .where('progress.at' as 'at', '<=', row.at),
          )
          .execute(),
      );
    },

    async of(runId) {
      const rows = await database.query((tables) =>
        tables
          .selectFrom('lifeboat.progress')
          .select(['step', 'sentence', 'at'])
          .where('run_id', '=', runId)
          .orderBy('step')
          .execute(),
      );
      return Object.fromEntries(rows.map(({ step, sentence, at }) => [step, { sentence, at }]));
    },
  };
}
