import pg from 'pg';
import { z } from 'zod';
import { errorCode } from '../../domain/errors.ts';
import { CONCURRENT_UPDATE } from './errors.ts';
import type { PostgresSession } from './index.ts';

const SignIns = z.tuple([
  z.object({ missing: z.array(z.string()), may_sign_in: z.array(z.string()), sessions: z.int() }),
]);

export interface SignIns {
  /** Roles that this server does not have. */
  missing: string[];
  maySignIn: string[];
  /** Sessions of these roles that are open now. */
  sessions: number;
}

const SIGN_INS = `
  SELECT ARRAY(SELECT u FROM unnest($1::text[]) AS u
                WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = u) ORDER BY u) AS missing,
         ARRAY(SELECT rolname::text FROM pg_roles
                WHERE rolname = ANY($1::text[]) AND rolcanlogin ORDER BY 1) AS may_sign_in,
         (SELECT count(*)::int FROM pg_stat_activity
           WHERE usename = ANY($1::text[]) AND pid <> pg_backend_pid()) AS sessions`;

/** Which of `roles` may sign in, and how many sessions they have. */
export async function readSignIns(session: PostgresSession, roles: string[], signal: AbortSignal): Promise<SignIns> {
  const [{ missing, may_sign_in: maySignIn, sessions }] = SignIns.parse(await session.query(SIGN_INS, [roles], signal));
  return { missing, maySignIn, sessions };
}

/** How often a statement on a role is sent while others change the same role. */
const ATTEMPTS = 5;

/**
 * Takes or gives the right to sign in; needs CREATEROLE and ADMIN on the role, not superuser. Repeating is harmless, and
 * is done here when somebody else changes the same role at the same moment (a worker that was paused, for one).
 */
export async function setSignIn(
  session: PostgresSession,
  role: string,
  allowed: boolean,
  signal: AbortSignal,
): Promise<void> {
  const statement = `ALTER ROLE ${pg.escapeIdentifier(role)} ${allowed ? 'LOGIN' : 'NOLOGIN'}`;
  for (let attempt = 1; ; attempt++) {
    try {
      await session.query(statement, [], signal);
      return;
    } catch (error) {
      if (attempt >= ATTEMPTS || errorCode(error) !== CONCURRENT_UPDATE) throw error;
    }
  }
}

/** Ends every session of these roles; needs membership in them or in pg_signal_backend. */
export async function endSessions(session: PostgresSession, roles: string[], signal: AbortSignal): Promise<void> {
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename = ANY($1::text[]) AND pid <> pg_backend_pid()`;
  await session.query(sql, [roles], signal);
}
