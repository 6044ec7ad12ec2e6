import { sql } from 'kysely';
import { InvalidInput } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Decision, Journal, LeaseToken } from '../engine/ports.ts';
import { type Appended, append } from './append.ts';
import { appendUnchanged, isOnlyEvents } from './append-unchanged.ts';
import { GENESIS } from './chain.ts';
import type { Database, Tx } from './database.ts';
import { readEntry } from './entries.ts';
import { type Fold, type Folds, readRows } from './folds.ts';
import { assertLease, lockHead, readHead } from './heads.ts';
import { verifyChain } from './verify.ts';

/** Any constant: whoever opens an incident holds this advisory lock until it is committed. */
const OPENING = 5_433_827_002;

/** The journal over the tables; `subscribe` comes from elsewhere, because it needs a connection of its own. */
export function createJournal(database: Database, folds: Folds, subscribe: Journal['subscribe']): Journal {
  const remember = ({ state, hash }: Appended) => folds.committed(state, hash);
  return {
    async open(system, at, decision) {
      const appended = await database.transaction((tx) => openIncident(tx, system, at, decision));
      remember(appended);
      return appended.entries;
    },

    async decide(incident, at, decide, lease) {
      const swift = lease && (await decideOverKnown(database, folds.known(incident), at, decide, lease));
      if (swift) {
        remember(swift);
        return { entries: swift.entries, state: swift.state };
      }
      const appended = await database.transaction(async (tx) => {
        const head = await lockHead(tx, incident);
        if (lease) await assertLease(tx, lease);
        const state = await folds.at(tx, head);
        if (!state) throw new Error(`the journal of ${incident} is empty`);
        return append(tx, head, state, at, decide(state));
      });
      remember(appended);
      return { entries: appended.entries, state: appended.state };
    },

    async read(incident, sequence = 0) {
      const rows = await database.query((tables) => readRows(tables, incident, sequence));
      return rows.map(readEntry);
    },

    async state(incident) {
      return database.query(async (tables) => {
        const head = await readHead(tables, incident);
        return head && folds.at(tables, head);
      });
    },

    async openIncidents() {
      const rows = await database.query((tables) =>
        tables.selectFrom('lifeboat.incidents').select('id').where('status', '=', 'open').orderBy('number').execute(),
      );
      return rows.map(({ id }) => id);
    },

    async watches() {
      return database.query((tables) =>
        tables.selectFrom('lifeboat.watches').select(['watch', 'incident']).orderBy('watch').execute(),
      );
    },

    async newestIncident(system, before) {
      const row = await database.query((tables) =>
        tables
          .selectFrom('lifeboat.incidents')
          .select('id')
          .where('system', '=', system)
          .$if(before !== undefined, (query) => query.where('number', '<', Number(before?.replace(/^INC-/, ''))))
          .orderBy('number', 'desc')
          .limit(1)
          .executeTakeFirst(),
      );
      return row?.id;
    },

    subscribe,
    verify: (incident) => verifyChain(database, incident),
  };
}

/**
 * The holder of a run is nearly always the only one who appends: what this process has folded is tried as it is.
 * Undefined when that is not what the journal is now; then `decide` is asked again, with the head locked.
 */
async function decideOverKnown(
  database: Database,
  known: Fold | undefined,
  at: number,
  decide: (state: IncidentState) => Decision,
  lease: LeaseToken,
): Promise<Appended | undefined> {
  if (!known) return undefined;
  let decision: Decision;
  try {
    decision = decide(known.state);
  } catch {
    // Perhaps only because of what has happened since.
    return undefined;
  }
  return isOnlyEvents(decision) ? appendUnchanged(database, known, at, decision, lease) : undefined;
}

async function openIncident(
  tx: Tx,
  system: string,
  at: number,
  decision: Decision | ((incident: string) => Decision),
): Promise<Appended> {
  // One at a time: the numbers stay without gaps, and the refusal can name the incident that is open.
  await sql`select pg_advisory_xact_lock(${OPENING})`.execute(tx);
  const existing = await tx
    .selectFrom('lifeboat.incidents')
    .select('id')
    .where('system', '=', system)
    .where('status', '=', 'open')
    .executeTakeFirst();
  if (existing) {
    throw new InvalidInput(
      'incident.open',
      `${existing.id} is already open for ${system}: go on with it, or resolve it first.`,
    );
  }
  const newest = await tx
    .selectFrom('lifeboat.incidents')
    .select(({ fn }) => fn.max('number').as('number'))
    .executeTakeFirst();
  const number = (newest?.number ?? 0) + 1;
  const id = `INC-${number}`;
  const head = { incident: id, sequence: 0, hash: GENESIS };
  await tx
    .insertInto('lifeboat.incidents')
    .values({ id, number, system, status: 'open', head_sequence: head.sequence, head_hash: head.hash })
    .execute();
  return append(tx, head, undefined, at, typeof decision === 'function' ? decision(id) : decision);
}
