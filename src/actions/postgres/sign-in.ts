import type { PostgresSession } from '../../adapters/postgres/index.ts';
import { readSignIns, setSignIn } from '../../adapters/postgres/roles.ts';
import type { Change, RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';

/**
 * Lets the application's roles sign in on the server behind `session`, which `where` names for people. `changes` gets
 * what was done as soon as it is. Throws Permanent when the server lacks one of the roles.
 */
export async function allowSignIn(
  session: PostgresSession,
  context: Pick<RunContext, 'system' | 'signal' | 'assertLease' | 'changed'>,
  where: string,
  changes: Change[],
): Promise<void> {
  const { system, signal } = context;
  const { applicationUsers } = system.database;
  const { missing, maySignIn } = await readSignIns(session, applicationUsers, signal);
  if (missing.length > 0) throw new Permanent('unfence.no-such-role', `${where} has no role ${missing.join(', ')}.`);
  for (const role of applicationUsers.filter((user) => !maySignIn.includes(user))) {
    // Noted first: a statement whose answer is lost may have been carried out.
    const change = signInChange(role, where, 'taken away');
    if (!changes.some(({ what }) => what === change.what)) changes.push(change);
    context.changed(changes);
    await context.assertLease();
    await setSignIn(session, role, true, signal);
  }
}

/** That `role` may sign in at `where` again; `before` as people read it. */
export function signInChange(role: string, where: string, before: string): Change {
  return { what: `Sign-in of ${role} on ${where}`, before, after: 'allowed' };
}
