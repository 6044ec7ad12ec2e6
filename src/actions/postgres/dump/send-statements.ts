import { z } from 'zod';
import type { PostgresSession } from '../../../adapters/postgres/index.ts';
import { describeError, errorCode, Permanent } from '../../../domain/errors.ts';

/** `GRANT ALL ON FUNCTION public.bt_index_check(index regclass) TO lifeboat;`: pg_dump writes each on a line of its own. */
const PRIVILEGE = /^(?:GRANT|REVOKE) .+? ON (?:FUNCTION|PROCEDURE) ([^(]+)\(.*;$/;
const CREATION = /^CREATE EXTENSION (?:IF NOT EXISTS )?(\S+)/gm;
/** What PostgreSQL says of just that: the same batch holds statements which it may refuse for other reasons. */
const CREATION_REFUSED = /permission denied to create extension/;

const Functions = z.array(z.object({ name: z.string() }));
const OF_EXTENSIONS = `
  SELECT DISTINCT format('%I.%I', n.nspname, p.proname) AS name
    FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e'`;

/**
 * Sends statements of a dump as they stand, without the privileges on functions of extensions: only the extension's owner
 * may give them (on RDS: Amazon), and a new database has them by its template. Throws Permanent `dump.extension` where an
 * extension is to be created that only a superuser may create, and what PostgreSQL threw.
 */
export async function sendStatements(session: PostgresSession, sql: string, signal: AbortSignal): Promise<void> {
  try {
    await session.query(await withoutTheirPrivileges(session, sql, signal), [], signal);
  } catch (error) {
    const names = [...sql.matchAll(CREATION)].map(([, name]) => name);
    const isRefused = errorCode(error) === 'postgres.not-permitted' && CREATION_REFUSED.test(describeError(error));
    if (!isRefused || names.length === 0) throw error;
    const sentence = `The dump needs ${names.join(', ')}, which Lifeboat may not create (${describeError(error)}). A member of rds_superuser creates it in template1, of which new databases are copies: CREATE EXTENSION …; then retry.`;
    throw new Permanent('dump.extension', sentence, { cause: error });
  }
}

async function withoutTheirPrivileges(session: PostgresSession, sql: string, signal: AbortSignal): Promise<string> {
  const lines = sql.split('\n');
  if (!lines.some((line) => PRIVILEGE.test(line))) return sql;
  const functions = new Set(Functions.parse(await session.query(OF_EXTENSIONS, [], signal)).map(({ name }) => name));
  return lines.filter((line) => !functions.has(PRIVILEGE.exec(line)?.[1] ?? '')).join('\n');
}
