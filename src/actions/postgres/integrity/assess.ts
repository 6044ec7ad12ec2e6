import type { PostgresSession } from '../../../adapters/postgres/index.ts';
import type { ObserveContext } from '../../../domain/action.ts';
import { describeError, errorCode, Permanent } from '../../../domain/errors.ts';
import { knownGoodBefore } from './first-damage.ts';
import { countOrphans, readForeignKeys, readTables } from './tables.ts';

/** What a check of a database found. */
export interface Assessment {
  /** What each damaged index, table or foreign key is named. */
  indexes: string[];
  tables: string[];
  /** Rows whose parent is gone. */
  orphans: number;
  /** Foreign keys that have them: `chat_sessions.chat_sessions_user_id_fkey`. */
  broken: string[];
  /** Constraints that PostgreSQL has never proved. */
  notValid: string[];
  /** Pages with a wrong checksum that the server has met since its statistics began; -1: it keeps no checksums. */
  checksumFailures: number;
  /** False when there was no time to look at everything. */
  complete: boolean;
  /** World time (epoch milliseconds) of the last moment at which the rows were known to be there. */
  knownGoodAt?: number;
}

/** A table that somebody holds is not waited for. */
const LOCK_TIMEOUT = '2s';

/**
 * Checks tables, B-tree indexes and foreign keys, and changes nothing: each check is a statement of its own, in a session
 * that cannot write. When the signal ends it gives what was found until then. Throws what the connection threw, and
 * Permanent when the checks are not installed.
 */
export async function assess(
  session: PostgresSession,
  { system, samples, signal }: Pick<ObserveContext, 'system' | 'samples' | 'signal'>,
  instance: string | undefined,
): Promise<Assessment> {
  const found: Assessment = {
    ...{ indexes: [], tables: [], orphans: 0, broken: [], notValid: [] },
    ...{ checksumFailures: -1, complete: false },
  };
  try {
    await session.query(
      `SELECT set_config('default_transaction_read_only', 'on', false), set_config('lock_timeout', '${LOCK_TIMEOUT}', false)`,
      [],
      signal,
    );
    found.checksumFailures = await checksumFailures(session, signal);
    const tables = await readTables(session, system.database.tables, signal);
    for (const table of tables) {
      const heap = 'SELECT * FROM verify_heapam($1::oid, check_toast => true) LIMIT 1';
      const tableIsSound = await passes(session, heap, [table.oid], signal);
      if (!tableIsSound) found.tables.push(table.name);
      for (const index of table.indexes) {
        const isSound = await indexIsSound(session, index.oid, tableIsSound, signal);
        if (!isSound) found.indexes.push(index.name);
      }
    }
    const { keys, notValid } = await readForeignKeys(session, tables, signal);
    found.notValid = notValid;
    await session.query(
      "SELECT set_config('enable_indexscan', 'off', false), set_config('enable_indexonlyscan', 'off', false), set_config('enable_bitmapscan', 'off', false)",
      [],
      signal,
    );
    const since: (number | undefined)[] = [];
    for (const key of keys) {
      const lost = await unlessDamaged(() => countOrphans(session, key, signal));
      if (lost === undefined || lost.orphans === 0) continue;
      found.orphans += lost.orphans;
      found.broken.push(key.name);
      if (instance === undefined) continue;
      const deleted = { instance, parent: key.parentOid, missing: lost.parents };
      since.push(await knownGoodBefore(session, samples, deleted, signal));
    }
    const known = since.filter((at) => at !== undefined);
    // What one of them cannot tell may have been earlier.
    if (known.length > 0 && known.length === since.length) found.knownGoodAt = Math.min(...known);
    found.complete = true;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return found;
}

/** False when the check itself, or reading what it checks, says that it is damaged, or gives a row that says so. */
async function passes(session: PostgresSession, sql: string, values: unknown[], signal: AbortSignal): Promise<boolean> {
  const rows = await unlessDamaged(() => session.query(sql, values, signal));
  if (rows === undefined) return false;
  return rows.every((row) => !('msg' in row));
}

/** The check reads the table too: that one which cannot be read stops it says nothing about the index. */
async function indexIsSound(
  session: PostgresSession,
  index: number,
  tableIsSound: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await session.query('SELECT bt_index_check($1::oid, true, true)', [index], signal);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'postgres.index-corrupted') return false;
    if (code === 'postgres.data-corrupted') return !tableIsSound;
    throw withoutAmcheck(error);
  }
}

/** Undefined when PostgreSQL refuses because what is read is damaged. */
async function unlessDamaged<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'postgres.index-corrupted' || code === 'postgres.data-corrupted') return undefined;
    throw withoutAmcheck(error);
  }
}

/** The same error, or what to do where the checks are not installed. */
function withoutAmcheck(error: unknown): unknown {
  if (errorCode(error) !== 'postgres.no-such-function') return error;
  const sentence = `The database has no amcheck (${describeError(error)}). A member of rds_superuser installs it there: CREATE EXTENSION amcheck.`;
  return new Permanent('integrity.no-amcheck', sentence, { cause: error });
}

async function checksumFailures(session: PostgresSession, signal: AbortSignal): Promise<number> {
  const sql = `SELECT CASE WHEN current_setting('data_checksums') = 'on' THEN coalesce(checksum_failures, 0) ELSE -1 END::int AS failures
                 FROM pg_stat_database WHERE datname = current_database()`;
  const [row] = await session.query(sql, [], signal);
  return typeof row?.failures === 'number' ? row.failures : -1;
}
