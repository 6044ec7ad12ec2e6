import { type LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';
import { fieldsOf, unreachable } from '../failure.ts';
import { tlsFailure } from './tls.ts';

/**
 * SQLSTATEs, or classes of them, after which the same statement may succeed: connection exceptions, transaction
 * rollbacks, resources, an administrator's shutdown, a server that is starting, a database that others still use, a lock.
 */
const RETRYABLE = /^(08|40|53|57P0[1-3]|55006|55P03|57014)/;
/** What `pg` says without a code when a connection ends under it or does not come about. */
const CONNECTION_LOST = /^(Connection terminated|Client has encountered a connection error)/;
const TIMED_OUT = /^(timeout expired|Query read timeout)/;

/**
 * What PostgreSQL says of two statements that change the same entry of its catalogue at once: a role (it has no SQLSTATE
 * but "internal error"), or a table that both are to create if it is missing.
 */
const CONCURRENT = /^tuple concurrently (updated|deleted)|"pg_(type_typname_nsp|class_relname_nsp)_index"/;
/** Code of the error when somebody else's statement came first; the same statement again finds it done. */
export const CONCURRENT_UPDATE = 'postgres.concurrent-update';

/** The one place where an error of `pg` becomes ours. `subject` begins the sentence (`PostgreSQL on chatbot-prod`). */
export function translatePostgresError(error: unknown, subject: string): LifeboatError {
  const network = unreachable(error, 'postgres', subject);
  if (network) return network;
  const { message, code } = fieldsOf(error);
  const tls = tlsFailure(message, code);
  if (tls) {
    const refused = `${subject} cannot be reached over TLS, because ${tls.reason}: ${tls.advice}.`;
    const Kind = tls.lasting ? Permanent : Retryable;
    return new Kind('postgres.tls', refused, { cause: error });
  }
  const sentence = `${subject}: ${message.replace(/\.$/, '')}.`;
  if (CONNECTION_LOST.test(message)) return new Retryable('postgres.unreachable', sentence, { cause: error });
  if (TIMED_OUT.test(message)) return new Retryable('postgres.timeout', sentence, { cause: error });
  const state = typeof code === 'string' ? code : '';
  if (CONCURRENT.test(message)) return new Retryable(CONCURRENT_UPDATE, sentence, { cause: error });
  if (RETRYABLE.test(state)) return new Retryable(`postgres.${state.toLowerCase()}`, sentence, { cause: error });
  return new Permanent(REFUSALS[state] ?? 'postgres.failed', sentence, { cause: error });
}

const REFUSALS: Record<string, string> = {
  '28000': 'postgres.sign-in-refused',
  '28P01': 'postgres.sign-in-refused',
  '3D000': 'postgres.no-such-database',
  '42501': 'postgres.not-permitted',
  '25006': 'postgres.read-only',
  '42883': 'postgres.no-such-function',
  '42P04': 'postgres.database-exists',
  XX001: 'postgres.data-corrupted',
  XX002: 'postgres.index-corrupted',
};
