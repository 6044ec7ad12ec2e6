import { sql } from 'kysely';
import type { IncidentEvent, JournalEntry } from '../domain/events.ts';
import { foldIncident, type IncidentState } from '../domain/incident-state.ts';
import type { Decision } from '../engine/ports.ts';
import type { Tx } from './database.ts';
import { type JournalRow, writeEntry } from './entries.ts';
import type { Head } from './folds.ts';
import { giveBackLocks, takeLocks } from './locks.ts';
import { armTimers, disarmTimers } from './timer-rows.ts';
import { beginWatches, endWatches } from './watch-rows.ts';

/** The channel on which every append is told, as `incident:sequence`. */
export const APPEND_CHANNEL = 'lifeboat_append';

/** What a transaction appended, and where the journal ends with it. */
export interface Appended {
  entries: JournalEntry[];
  state: IncidentState;
  hash: string;
}

/**
 * Carries out a decision for an incident whose head row this transaction holds: the batch, the head, timers,
 * locks, watches and the notification. The new entries are folded before they are committed: what cannot be folded is
 * never stored. Time never runs backwards in a journal: writers take `at` before they hold the head, and their clocks
 * differ a little.
 */
export async function append(
  tx: Tx,
  head: Head,
  before: IncidentState | undefined,
  at: number,
  decision: Decision,
): Promise<Appended> {
  const { incident } = head;
  const { rows, appended } = linkAndFold(head, before, at, decision.events);
  const last = rows.at(-1);
  if (last) await write(tx, rows, last, appended.state.status);
  if (decision.unlock !== undefined) await giveBackLocks(tx, decision.unlock);
  if (decision.lock) await takeLocks(tx, incident, Math.round(at), decision.lock);
  if (decision.disarm?.length) await disarmTimers(tx, incident, decision.disarm);
  if (decision.arm?.length) await armTimers(tx, incident, decision.arm);
  if (decision.watch?.length) await beginWatches(tx, incident, decision.watch);
  if (decision.unwatch?.length) await endWatches(tx, decision.unwatch);
  return appended;
}

/** The rows of a batch that follows `head`, and what the journal is with them; nothing is stored yet. */
export function linkAndFold(
  head: Head,
  before: IncidentState | undefined,
  at: number,
  events: IncidentEvent[],
): { rows: JournalRow[]; appended: Appended } {
  const { rows, entries } = link(head, Math.max(Math.round(at), before?.at ?? 0), events);
  const state = foldIncident(entries, before);
  if (!state) throw new Error(`the first decision for ${head.incident} has no events`);
  return { rows, appended: { entries, state, hash: rows.at(-1)?.hash ?? head.hash } };
}

function link(head: Head, at: number, events: IncidentEvent[]): { rows: JournalRow[]; entries: JournalEntry[] } {
  const rows: JournalRow[] = [];
  const entries: JournalEntry[] = [];
  let { sequence, hash: previousHash } = head;
  for (const event of events) {
    sequence += 1;
    const { row, entry } = writeEntry({ incident: head.incident, sequence, at, previousHash }, event);
    rows.push(row);
    entries.push(entry);
    previousHash = row.hash;
  }
  return { rows, entries };
}

/** One statement, one round trip. */
async function write(tx: Tx, rows: JournalRow[], last: JournalRow, status: IncidentState['status']): Promise<void> {
  await tx
    .with('appended', (query) => query.insertInto('lifeboat.journal').values(rows))
    .with('moved', (query) =>
      query
        .updateTable('lifeboat.incidents')
        .set({ head_sequence: last.sequence, head_hash: last.hash, status })
        .where('id', '=', last.incident),
    )
    .selectNoFrom(sql`pg_notify(${APPEND_CHANNEL}, ${`${last.incident}:${last.sequence}`})`.as('told'))
    .execute();
}
