import { sql } from 'kysely';
import { z } from 'zod';
import type { JsonObject } from '../domain/action.ts';
import type { CommandRequest, Requests } from '../engine/ports.ts';
import type { Database } from './database.ts';

const RequestRow = z.object({
  id: z.string(),
  source: z.enum(['slack', 'cli']),
  verb: z.string(),
  args: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
  requested_by: z.string(),
  channel: z.string(),
  reply_to: z.string().nullable(),
  at: z.number(),
});

/** Requests by people, recorded before they are acknowledged. */
export function createRequests(database: Database): Requests {
  return {
    async record({ id, source, verb, args, user, channel, replyTo, at }) {
      const row = await database.query((tables) =>
        tables
          .insertInto('lifeboat.requests')
          .values({
            id,
            source,
            verb,
            args: JSON.stringify(args),
            requested_by: user,
            channel,
            reply_to: replyTo ?? null,
            at: Math.round(at),
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returning('id')
          .executeTakeFirst(),
      );
      return row ? 'new' : 'duplicate';
    },

    async unfinished() {
      const rows = await database.query((tables) =>
        tables
          .selectFrom('lifeboat.requests')
          .select(['id', 'source', 'verb', 'args', 'requested_by', 'channel', 'reply_to', 'at'])
          .where('finished_at', 'is', null)
          .orderBy('arrival')
          .execute(),
      );
      return rows.map((row) => toRequest(RequestRow.parse(row)));
    },

    async finish(id) {
      // Whoever has the address of an answer can write in the channel: it goes as soon as nobody needs it.
      await database.query((tables) =>
        tables
          .updateTable('lifeboat.requests')
          .set({ finished_at: sql<Date>`clock_timestamp()`, reply_to: null })
          .where('id', '=', id)
          .execute(),
      );
    },
  };
}

function toRequest(row: z.infer<typeof RequestRow>): CommandRequest {
  const { requested_by: user, reply_to: replyTo, ...rest } = row;
  return { ...rest, user, ...(replyTo === null ? {} : { replyTo }) };
}
