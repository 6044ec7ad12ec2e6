import type { Kysely } from 'kysely';
import type { JournalEntry } from '../domain/events.ts';
import { foldIncident, type IncidentState } from '../domain/incident-state.ts';
import { type JournalRow, readEntry } from './entries.ts';
import type { Tables } from './tables.ts';

/** What a process keeps of incidents' folded states, in planned steps (some 2 kB each) and as many for each incident. */
const KEPT = 30_000;
const INCIDENT = 20;

/** Where an incident's journal ends. */
export interface Head {
  incident: string;
  sequence: number;
  hash: string;
}

/** A folded state and the hash of the last entry in it, which tells whether it still belongs to the journal. */
export interface Fold {
  state: IncidentState;
  hash: string;
}

/** Folds of what is committed, so that a decision costs the same however long the journal is. */
export class Folds {
  readonly #kept = new Map<string, Fold>();
  #weight = 0;

  /** The newest fold of an incident that this process has; the journal may have grown since. */
  known(incident: string): Fold | undefined {
    return this.#kept.get(incident);
  }

  /** The state at `head`, which the caller has read; undefined for a head without entries. Reads only what is new. */
  async at(tables: Kysely<Tables>, head: Head): Promise<IncidentState | undefined> {
    const kept = this.#kept.get(head.incident);
    if (kept?.state.sequence === head.sequence && kept.hash === head.hash) return kept.state;
    if (kept && kept.state.sequence < head.sequence) {
      const rows = await readRows(tables, head.incident, kept.state.sequence, head.sequence);
      // A database that lost its last commits in a failover may have written others in their place.
      if (rows[0]?.previous_hash === kept.hash) return this.#keep(head, rows.map(readEntry), kept.state);
    }
    const rows = await readRows(tables, head.incident, 0, head.sequence);
    return this.#keep(head, rows.map(readEntry), undefined);
  }

  /** Remembers a state that was folded elsewhere. Only after its transaction has been committed. */
  committed(state: IncidentState, hash: string): void {
    const kept = this.#kept.get(state.id);
    if (kept && kept.state.sequence >= state.sequence) return;
    this.#put(state, hash);
  }

  #keep(head: Head, entries: JournalEntry[], from: IncidentState | undefined): IncidentState | undefined {
    const state = foldIncident(entries, from);
    if (state) this.#put(state, head.hash);
    return state;
  }

  #put(state: IncidentState, hash: string): void {
    this.#drop(state.id);
    this.#kept.set(state.id, { state, hash });
    this.#weight += weightOf(state);
    for (const incident of this.#kept.keys()) {
      if (this.#weight <= KEPT || this.#kept.size === 1) break;
      this.#drop(incident);
    }
  }

  #drop(incident: string): void {
    const before = this.#kept.get(incident);
    if (!before) return;
    this.#weight -= weightOf(before.state);
    this.#kept.delete(incident);
  }
}

function weightOf({ plans }: IncidentState): number {
  return plans.reduce((sum, { plan }) => sum + plan.steps.length, INCIDENT);
}

/** Rows after `after`, up to and with `last`, oldest first. */
export async function readRows(
  tables: Kysely<Tables>,
  incident: string,
  after: number,
  last?: number,
): Promise<JournalRow[]> {
  let query = tables
    .selectFrom('lifeboat.journal')
    .select(['incident', 'sequence', 'at', 'type', 'version', 'body', 'previous_hash', 'hash'])
    .where('incident', '=', incident)
    .where('sequence', '>', after)
    .orderBy('sequence');
  if (last !== undefined) query = query.where('sequence', '<=', last);
  return query.execute();
}
