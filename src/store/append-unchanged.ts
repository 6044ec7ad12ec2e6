import type { Decision, LeaseToken } from '../engine/ports.ts';
import { APPEND_CHANNEL, type Appended, linkAndFold } from './append.ts';
import type { Database } from './database.ts';
import type { JournalRow } from './entries.ts';
import type { Fold } from './folds.ts';

/**
 * Everything that a decision without timers, locks and watches does, in one statement, which is a transaction of its
 * own. The head is taken first, only from where the caller knew it to be and only when nobody else holds it; then the
 * lease is share-locked, so that no lease is held while something is waited for. Whatever happened since, nothing is
 * appended, and no row comes back.
 */
const APPEND = `
with head as (
  select id from lifeboat.incidents
  where id = $7 and head_sequence = $8 and head_hash = $9
  for no key update skip locked
), held as (
  select head.id from head, lifeboat.leases
  where name = $1 and holder = $2 and epoch = $3 and expires_at > clock_timestamp()
  for share of leases
), moved as (
  update lifeboat.incidents set head_sequence = $4, head_hash = $5, status = $6 from held
  where incidents.id = held.id
  returning incidents.id
), appended as (
  insert into lifeboat.journal (incident, sequence, at, type, version, body, previous_hash, hash)
  select id, entry.*
  from moved, unnest($10::bigint[], $11::bigint[], $12::text[], $13::int[], $14::text[], $15::text[], $16::text[]) as entry
)
select pg_notify($17, $18) from moved`;

/** Whether a decision is nothing but events: the other tables stay as they are. */
export function isOnlyEvents({ events, arm, disarm, lock, unlock, watch, unwatch }: Decision): boolean {
  const others = [arm, disarm, watch, unwatch];
  return events.length > 0 && !lock && unlock === undefined && others.every((rows) => !rows?.length);
}

/**
 * Appends the events of a decision that was made over `known`, in one round trip. Undefined, and nothing appended, when
 * the journal has grown since, somebody else is about to append, or the lease is no longer held under this epoch.
 */
export async function appendUnchanged(
  database: Database,
  known: Fold,
  at: number,
  decision: Decision,
  lease: LeaseToken,
): Promise<Appended | undefined> {
  const { state: before, hash } = known;
  const head = { incident: before.id, sequence: before.sequence, hash };
  const { rows, appended } = linkAndFold(head, before, at, decision.events);
  const { state } = appended;
  const column = <Key extends keyof JournalRow>(key: Key) => rows.map((row) => row[key]);
  const told = await database.prepared('append-unchanged', APPEND, [
    ...[lease.name, lease.holder, lease.epoch],
    ...[state.sequence, appended.hash, state.status],
    ...[head.incident, head.sequence, head.hash],
    ...[column('sequence'), column('at'), column('type'), column('version')],
    ...[column('body'), column('previous_hash'), column('hash')],
    ...[APPEND_CHANNEL, `${head.incident}:${state.sequence}`],
  ]);
  return told.length === 1 ? appended : undefined;
}
