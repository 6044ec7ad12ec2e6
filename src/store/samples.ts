import { sql } from 'kysely';
import { z } from 'zod';
import type { JsonObject, Sample } from '../domain/action.ts';
import type { Samples } from '../engine/ports.ts';
import type { Database } from './database.ts';

const MINUTE = 60_000;
/** World milliseconds in which every sample is kept; before that one a minute, and nothing before a day. */
const KEPT_WHOLE = 15 * MINUTE;
const KEPT_AT_ALL = 24 * 60 * MINUTE;

const SampleRow = z.object({
  at: z.number(),
  value: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
});

/** What the observer saw, as rows; the samples of each subject are thinned out as new ones come. */
export function createSamples(database: Database): Samples {
  /** Per subject: before this whole minute everything is thinned out already, as far as this process knows. */
  const thinned = new Map<string, number>();

  async function thinOut(system: string, subject: string, at: number): Promise<void> {
    const key = `${system}\n${subject}`;
    const before = Math.floor((at - KEPT_WHOLE) / MINUTE) * MINUTE;
    if ((thinned.get(key) ?? Number.NEGATIVE_INFINITY) >= before) return;
    // Of each minute the newest stays: with it the loss that is predicted from a position errs by the least.
    await database.query((tables) =>
      sql`
        delete from lifeboat.samples old
        where old.system = ${system} and old.subject = ${subject} and old.at < ${before}
          and (old.at < ${before + KEPT_WHOLE - KEPT_AT_ALL} or exists (
            select from lifeboat.samples newer
            where newer.system = old.system and newer.subject = old.subject
              and newer.at > old.at and newer.at < (old.at / ${MINUTE}::bigint + 1) * ${MINUTE}::bigint))
      `.execute(tables),
    );
    thinned.set(key, before);
  }

  return {
    async record(system, subject, at, value, position) {
      const row = { value: JSON.stringify(value), position: position === undefined ? null : Math.floor(position) };
      const rounded = Math.round(at);
      await database.query((tables) =>
        tables
          .insertInto('lifeboat.samples')
          .values({ system, subject, at: rounded, ...row })
          .onConflict((conflict) => conflict.columns(['system', 'subject', 'at']).doUpdateSet(row))
          .execute(),
      );
      await thinOut(system, subject, rounded);
    },

    reader(system) {
      const newest = (subject: string, limit: { at?: number; position?: number }): Promise<Sample | undefined> =>
        database.query(async (tables) => {
          let query = tables
            .selectFrom('lifeboat.samples')
            .select(['at', 'value'])
            .where('system', '=', system)
            .where('subject', '=', subject)
            .orderBy('at', 'desc')
            .limit(1);
          if (limit.at !== undefined) query = query.where('at', '<=', Math.floor(limit.at));
          if (limit.position !== undefined) query = query.where('position', '<=', Math.floor(limit.position));
          const row = await query.executeTakeFirst();
          return row && SampleRow.parse(row);
        });
      return {
        newest: (subject, before) => newest(subject, before === undefined ? {} : { at: before }),
        newestReceived: (subject, position) => newest(subject, { position }),
      };
    },
  };
}
