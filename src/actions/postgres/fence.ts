import { z } from 'zod';
import { observationTimeout, patienceOf, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import type { PostgresSession } from '../../adapters/postgres/index.ts';
import { type ReplicationState, readReplication } from '../../adapters/postgres/replication.ts';
import { endSessions, readSignIns, type SignIns, setSignIn } from '../../adapters/postgres/roles.ts';
import { type Change, defineAction, type RunContext } from '../../domain/action.ts';
import { describeError, LeaseLost, LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';
import { lockOf, subjectOf, withDatabase } from './database.ts';

const Output = z.object({
  fenced: z.boolean(),
  /** Bytes of WAL after the last write of the application; 0 when it is not fenced. */
  position: z.number(),
  sentence: z.string(),
});

/** Looks in a row without any session of the application: one may be between its password and its first statement. */
const QUIET_LOOKS = 2;
/** World milliseconds after which a primary that does not answer counts as unreachable; never below the machine's. */
const PATIENCE = 15_000;
const SHORTEST_PATIENCE_MS = 600;

export const fence = (clients: Clients) =>
  defineAction({
    id: 'postgres.fence',
    summary: 'Stop the application from writing to the old primary, and prove it',
    effect: 'reversible',
    input: z.strictObject({}),
    output: Output,
    repeat:
      'NOLOGIN on a role that has none and ending sessions that are gone change nothing; it names the primary of system.yaml, never the promoted replica.',
    permissions: [
      'rds:DescribeDBInstances',
      'SQL: CREATEROLE, and ADMIN OPTION on database.applicationUsers, for database.user',
      'SQL: pg_signal_backend for database.user',
    ],
    examples: [{ title: 'The primary of system.yaml', with: {} }],
    dependsOn: (_input, { database }) => [{ region: database.primary.region }],
    writes: (_input, { database }) => [lockOf(database.primary)],
    subject: (_input, { database }) => `database/${database.primary.instance}`,
    expectedSeconds: () => 3,
    async observe(context) {
      const { applicationUsers, primary } = context.system.database;
      const { role, maySignIn, sessions } = await withDatabase(clients, context, primary, (session) =>
        look(session, applicationUsers, context.signal),
      );
      // A source that is about to die flaps: nothing of it may void an approval.
      return { facts: {}, measurements: { reachable: true, role: String(role), maySignIn, sessions } };
    },
    change(observed, _input, { system }) {
      const subject = subjectOf(system.database.primary);
      if (observed) return { changes: isFenced(observed.measurements) ? [] : changesOf(system) };
      const sentence =
        'It cannot be reached. If it comes back, it still accepts writes that the new primary will never have.';
      return { changes: changesOf(system, 'not reachable'), signatures: [{ kind: 'unfenced', subject, sentence }] };
    },
    async run(context) {
      const { primary } = context.system.database;
      const subject = subjectOf(primary);
      try {
        const { changes, position } = await fenceAndProve(clients, context);
        const sentence = `${subject} is fenced: the application cannot sign in and has no session.`;
        return { outputs: { fenced: true, position, sentence }, changes };
      } catch (error) {
        context.signal.throwIfAborted();
        if (!(error instanceof LifeboatError) || error instanceof LeaseLost) throw error;
        if (context.signed('unfenced', subject)) {
          const sentence = `${subject} is not fenced (${describeError(error)}).`;
          return { outputs: { fenced: false, position: 0, sentence }, changes: [], exceptions: ['unfenced'] };
        }
        if (!(error instanceof Retryable) && error.code !== 'fence.connection-lost') throw error;
        throw new Permanent(
          'fence.unreachable',
          `${subject} cannot be reached to be fenced, and the approval did not sign for that. Ask for a new plan, which shows it.`,
          { cause: error },
        );
      }
    },
  });

/** One session from the first look to the proof, so that the proof is about the server that was fenced. */
async function fenceAndProve(clients: Clients, context: RunContext): Promise<{ changes: Change[]; position: number }> {
  const { applicationUsers, primary } = context.system.database;
  const { clock } = context;
  const patience = patienceOf(clock, PATIENCE, SHORTEST_PATIENCE_MS);
  const signal = within(Math.min(patience, 2 * observationTimeout(clock)), context.signal);
  return withDatabase(clients, { ...context, signal }, primary, async (session) => {
    const found = await look(session, applicationUsers, signal);
    assertRolesExist(found, context.system);
    // In recovery it accepts no writes of anybody.
    if (found.role === 'replica') return { changes: [], position: found.position };
    const changes = isFenced(found) ? [] : changesOf(context.system);
    for (const role of found.maySignIn) {
      await context.assertLease();
      await setSignIn(session, role, false, signal);
    }
    context.progress(`Sign-in taken away; ending ${found.sessions} sessions`);
    let quiet = 0;
    const position = await context.waitUntil(async () => {
      assertUsable(session, subjectOf(primary));
      await context.assertLease();
      await endSessions(session, applicationUsers, context.signal);
      const now = await look(session, applicationUsers, context.signal);
      quiet = isFenced(now) ? quiet + 1 : 0;
      return quiet < QUIET_LOOKS ? undefined : now.position;
    });
    return { changes, position };
  });
}

async function look(
  session: PostgresSession,
  roles: string[],
  signal: AbortSignal,
): Promise<SignIns & ReplicationState> {
  const signIns = await readSignIns(session, roles, signal);
  // Read after the sessions were counted: what they wrote lies before it.
  return { ...signIns, ...(await readReplication(session, signal)) };
}

function isFenced({ role, maySignIn, sessions }: { role: string; maySignIn: string[]; sessions: number }): boolean {
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

function changesOf({ database }: System, state?: string): Change[] {
  return database.applicationUsers.map((role) => ({
    what: `Sign-in of ${role} on ${subjectOf(database.primary)}`,
    before: state ?? 'allowed',
    after: state ? 'taken away if it answers in the run, else left' : 'taken away, sessions ended',
  }));
}
