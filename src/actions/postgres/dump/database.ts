import pg from 'pg';
import { z } from 'zod';
import type { PostgresSession } from '../../../adapters/postgres/index.ts';

/** The database that one signs in to in order to create, rename or drop others. */
export const MAINTENANCE = 'postgres';

export interface FoundDatabase {
  oid: number;
  name: string;
  /** What stands beside it (COMMENT ON DATABASE); ''. */
  comment: string;
  /** Sessions that are open in it, other than the one that asks. */
  sessions: number;
}

const Found = z.array(
  z.object({ oid: z.coerce.number(), name: z.string(), comment: z.string(), sessions: z.coerce.number() }),
);
const FIND = `
  SELECT d.oid::text, d.datname::text AS name, coalesce(shobj_description(d.oid, 'pg_database'), '') AS comment,
         (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.pid <> pg_backend_pid()) AS sessions
    FROM pg_database d WHERE d.datname = $1`;

/** Undefined when the server has none of this name. */
export async function findDatabase(
  session: PostgresSession,
  name: string,
  signal: AbortSignal,
): Promise<FoundDatabase | undefined> {
  return Found.parse(await session.query(FIND, [name], signal))[0];
}

/**
 * Ends the sessions in a database: it cannot be renamed or dropped while there is one. Needs pg_signal_backend; those of
 * superusers (on RDS: Amazon's own, which are short) end by themselves.
 */
export async function endSessionsIn(session: PostgresSession, name: string, signal: AbortSignal): Promise<void> {
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = $1 AND pid <> pg_backend_pid()
                  AND usesysid IN (SELECT oid FROM pg_roles WHERE NOT rolsuper)`;
  await session.query(sql, [name], signal);
}

export async function renameDatabase(
  session: PostgresSession,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const { escapeIdentifier: name } = pg;
  await session.query(`ALTER DATABASE ${name(from)} RENAME TO ${name(to)}`, [], signal);
}

/** The longest name that PostgreSQL takes. */
const LONGEST = 63;

/**
 * The name under which a database is made or kept beside another: `chatbot_restore_20261121_2204`, in UTC. A long name is
 * cut, so that the rest fits; `at` in epoch milliseconds.
 */
export function datedDatabase(database: string, what: string, at: number): string {
  const moment = new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '_');
  const end = `_${what}_${moment}`;
  return database.slice(0, LONGEST - end.length) + end;
}
