import { type Kysely, sql } from 'kysely';
import { LeaseLost, Permanent } from '../domain/errors.ts';
import type { LeaseToken } from '../engine/ports.ts';
import type { Tx } from './database.ts';
import type { Head } from './folds.ts';
import type { Tables } from './tables.ts';

/** Locks an incident until the transaction ends. Throws Permanent `incident.unknown`. */
export async function lockHead(tx: Tx, incident: string): Promise<Head> {
  const row = await tx
    .selectFrom('lifeboat.incidents')
    .select(['head_sequence', 'head_hash'])
    .where('id', '=', incident)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw new Permanent('incident.unknown', `There is no incident ${incident}.`);
  return { incident, sequence: row.head_sequence, hash: row.head_hash };
}

/** Where the journal of an incident ends now; undefined when there is no such incident. */
export async function readHead(tables: Kysely<Tables>, incident: string): Promise<Head | undefined> {
  const row = await tables
    .selectFrom('lifeboat.incidents')
    .select(['head_sequence', 'head_hash'])
    .where('id', '=', incident)
    .executeTakeFirst();
  return row && { incident, sequence: row.head_sequence, hash: row.head_hash };
}

/**
 * Throws LeaseLost unless `token` is current and unexpired by the database's clock. The row is share-locked: nobody can
 * take the lease over before this transaction has ended, so an old epoch never appends after a new one began.
 */
export async function assertLease(tx: Tx, token: LeaseToken): Promise<void> {
  const row = await tx
    .selectFrom('lifeboat.leases')
    .select('epoch')
    .where('name', '=', token.name)
    .where('holder', '=', token.holder)
    .where('epoch', '=', token.epoch)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .forShare()
    .executeTakeFirst();
  if (!row) {
    throw new LeaseLost(
      'lease.lost',
      `The lease on ${token.name} is no longer held under epoch ${token.epoch}; nothing was recorded.`,
    );
  }
}
