import type { Selectable } from 'kysely';
import { Permanent } from '../domain/errors.ts';
import type { Deliveries, Delivery } from '../engine/ports.ts';
import type { Database } from './database.ts';
import type { Tables } from './tables.ts';

const COLUMNS = ['key', 'incident', 'state', 'external_id', 'content_hash', 'attempts'] as const;
type Row = Pick<Selectable<Tables['lifeboat.deliveries']>, (typeof COLUMNS)[number]>;

/** Messages and pages that are to exist, one row each; `sent` and `failed` throw Permanent `delivery.unknown`. */
export function createDeliveries(database: Database): Deliveries {
  async function change(
    key: string,
    update: (tables: Parameters<Parameters<Database['query']>[0]>[0]) => Promise<bigint>,
  ) {
    if ((await database.query(update)) === 0n) {
      throw new Permanent('delivery.unknown', `The delivery ${key} was never intended: intend it before it is sent.`);
    }
  }

  return {
    async intend(key, incident) {
      return database.query(async (tables) => {
        const created = await tables
          .insertInto('lifeboat.deliveries')
          .values({ key, incident })
          .onConflict((conflict) => conflict.column('key').doNothing())
          .returning(COLUMNS)
          .executeTakeFirst();
        if (created) return { delivery: toDelivery(created), existed: false };
        const row = await tables
          .selectFrom('lifeboat.deliveries')
          .select(COLUMNS)
          .where('key', '=', key)
          .executeTakeFirstOrThrow();
        return { delivery: toDelivery(row), existed: true };
      });
    },

    async sent(key, externalId, contentHash) {
      await change(key, async (tables) => {
        const { numUpdatedRows } = await tables
          .updateTable('lifeboat.deliveries')
          .set({ state: 'sent', external_id: externalId, content_hash: contentHash, attempts: 0, last_error: null })
          .where('key', '=', key)
          .executeTakeFirstOrThrow();
        return numUpdatedRows;
      });
    },

    async failed(key, error) {
      await change(key, async (tables) => {
        const { numUpdatedRows } = await tables
          .updateTable('lifeboat.deliveries')
          .set((row) => ({ attempts: row('attempts', '+', 1), last_error: error }))
          .where('key', '=', key)
          .executeTakeFirstOrThrow();
        return numUpdatedRows;
      });
    },

    async ofIncident(incident) {
      const rows = await database.query((tables) =>
        tables
          .selectFrom('lifeboat.deliveries')
          .select(COLUMNS)
          .where('incident', '=', incident)
          .orderBy('arrival')
          .execute(),
      );
      return rows.map(toDelivery);
    },

    async unfinished() {
      const rows = await database.query((tables) =>
        tables
          .selectFrom('lifeboat.deliveries')
          .select('incident')
          .where('state', '=', 'intended')
          .groupBy('incident')
          .orderBy(({ fn }) => fn.min('arrival'))
          .execute(),
      );
      return rows.map(({ incident }) => incident);
    },
  };
}

function toDelivery({ key, incident, state, external_id, content_hash, attempts }: Row): Delivery {
  return {
    key,
    incident,
    state,
    attempts,
    ...(external_id === null ? {} : { externalId: external_id }),
    ...(content_hash === null ? {} : { contentHash: content_hash }),
  };
}
