import { types } from 'node:util';
import pg from 'pg';
import { LifeboatError, Permanent, Retryable } from '../domain/errors.ts';

/** Classes and codes of SQLSTATE that say "not now": connection trouble, shutdown, too many connections, a timeout. */
const UNAVAILABLE = /^(?:08|57P|53|57014|55P03|25P03|25006)/;
/** Deadlock and serialization failure: the transaction was rolled back, the same call may succeed. */
const CONFLICT = /^(?:40001|40P01)$/;
const SOCKET_CODES = /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ENOENT|EADDR)/;
/** Sentences of `pg` and `pg-pool` for a lost or refused connection, which carry no code. */
const PG_SENTENCES =
  /connection terminated|connection error|connection timeout|timeout exceeded when trying to connect|client was closed|read timeout/i;

/**
 * Translates what the database driver throws: trouble with the connection is Retryable `store.unavailable`, a lost race
 * Retryable `store.conflict`, a refusal by the server Permanent `store.refused`. Everything else is returned as it is.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof LifeboatError || !types.isNativeError(error)) return error;
  // Several addresses of one host were tried.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.some(isConnectionTrouble)) {
    return unavailable(error);
  }
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? '';
    if (UNAVAILABLE.test(code)) return unavailable(error);
    if (CONFLICT.test(code)) {
      return new Retryable('store.conflict', 'Two changes met in the database and one was taken back: try again.', {
        cause: error,
      });
    }
    return new Permanent('store.refused', `The database refused a statement (SQLSTATE ${code}): ${error.message}.`, {
      cause: error,
    });
  }
  return isConnectionTrouble(error) ? unavailable(error) : error;
}

/** Runs `work` and throws what it threw, translated. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateDatabaseError(error);
  }
}

function isConnectionTrouble(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return SOCKET_CODES.test(code) || PG_SENTENCES.test(error.message);
}

function unavailable(cause: Error): Retryable {
  const code = 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return new Retryable(
    'store.unavailable',
    `The database does not answer${code}, nothing is known to be stored: check that PostgreSQL at DATABASE_URL is up.`,
    { cause },
  );
}
