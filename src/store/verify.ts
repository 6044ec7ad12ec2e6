import { GENESIS, linkHash } from './chain.ts';
import type { Database } from './database.ts';
import type { JournalRow } from './entries.ts';
import { readRows } from './folds.ts';
import { readHead } from './heads.ts';

/**
 * Recomputes an incident's hash chain: every entry in its place, nothing changed, nothing missing at the end. `events`
 * counts the entries that are there. An incident that does not exist has a broken chain of none.
 */
export async function verifyChain(
  database: Database,
  incident: string,
): Promise<{ events: number; chain: 'valid' | 'broken' }> {
  return database.query(async (tables) => {
    // Head first: what is appended meanwhile lies behind it and is left out.
    const head = await readHead(tables, incident);
    if (!head) return { events: 0, chain: 'broken' };
    const rows = await readRows(tables, incident, 0, head.sequence);
    let previousHash = GENESIS;
    const valid = rows.every((row, index) => {
      const right = row.sequence === index + 1 && row.previous_hash === previousHash && isAsHashed(row);
      previousHash = row.hash;
      return right;
    });
    const whole = rows.length === head.sequence && previousHash === head.hash;
    return { events: rows.length, chain: valid && whole ? 'valid' : 'broken' };
  });
}

function isAsHashed(row: JournalRow): boolean {
  if (linkHash({ ...row, previousHash: row.previous_hash }) !== row.hash) return false;
  // The type stands beside the hashed text for people who query the table; it must not lie.
  const body: unknown = JSON.parse(row.body);
  return typeof body === 'object' && body !== null && 'type' in body && body.type === row.type;
}
