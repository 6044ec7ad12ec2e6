import type { PostgresSession } from '../../adapters/postgres/index.ts';
import { type ReplicationState, readReplication } from '../../adapters/postgres/replication.ts';
import { endSessions, readSignIns, type SignIns, setSignIn } from '../../adapters/postgres/roles.ts';
import type { Change, RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';
import { subjectOf } from './database.ts';

/** Looks in a row without any session of the application: one may be between its password and its first statement. */
const QUIET_LOOKS = 2;

/** Who may write to a server, and what it has written. */
export type Writers = SignIns & ReplicationState;

/**
 * Fences the old primary behind `session` and proves it there: one session from the first look to the proof, so that the
 * proof is about the server that was fenced. `signal` bounds the first look: how long Lifeboat's own database takes to say
 * that the lease is held is none of the primary's patience. Throws Permanent `fence.no-such-role` and
 * `fence.connection-lost`.
 */
export async function fenceAndProve(
  context: RunContext,
  session: PostgresSession,
  signal: AbortSignal,
): Promise<{ changes: Change[]; position: number }> {
  const { applicationUsers, primary } = context.system.database;
  const found = await readWriters(session, applicationUsers, signal);
  assertRolesExist(found, context.system);
  // In recovery it accepts no writes of anybody.
  if (found.role === 'replica') return { changes: [], position: found.position };
  const changes = isFenced(found) ? [] : changesOf(context.system);
  // Told before it is proven: a connection that is lost now may have carried it out.
  if (changes.length > 0) context.changed(changes);
  for (const role of found.maySignIn) {
    await context.assertLease();
    await setSignIn(session, role, false, context.signal);
  }
  context.progress(`Sign-in taken away; ending ${found.sessions} sessions`);
  let quiet = 0;
  const position = await context.waitUntil(async () => {
    assertUsable(session, subjectOf(primary));
    await context.assertLease();
    await endSessions(session, applicationUsers, context.signal);
    const now = await readWriters(session, applicationUsers, context.signal);
    quiet = isFenced(now) ? quiet + 1 : 0;
    return quiet < QUIET_LOOKS ? undefined : now.position;
  });
  return { changes, position };
}

export async function readWriters(session: PostgresSession, roles: string[], signal: AbortSignal): Promise<Writers> {
  const signIns = await readSignIns(session, roles, signal);
  // Read after the sessions were counted: what they wrote lies before it.
  return { ...signIns, ...(await readReplication(session, signal)) };
}

/** Whether nobody of the application can write there. */
export function isFenced({
  role,
  maySignIn,
  sessions,
}: {
  role: string;
  maySignIn: string[];
  sessions: number;
}): boolean {
  return role === 'replica' || (maySignIn.length === 0 && sessions === 0);
}

function assertRolesExist({ missing }: SignIns, { database }: System): void {
  if (missing.length === 0) return;
  throw new Permanent(
    'fence.no-such-role',
    `${subjectOf(database.primary)} has no role ${missing.join(', ')}; correct database.applicationUsers in system.yaml.`,
  );
}

/** A lost connection cannot be looked through again, however often. */
function assertUsable(session: PostgresSession, subject: string): void {
  if (session.usable()) return;
  throw new Permanent('fence.connection-lost', `The connection to ${subject} was lost before the fence was proven.`);
}

/** What fencing changes; `state` when it is only planned and the primary does not answer. */
export function changesOf({ database }: System, state?: string): Change[] {
  return database.applicationUsers.map((role) => ({
    what: `Sign-in of ${role} on ${subjectOf(database.primary)}`,
    before: state ?? 'allowed',
    after: state ? 'taken away if it answers in the run, else left' : 'taken away, sessions ended',
  }));
}
