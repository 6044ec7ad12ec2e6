import { z } from 'zod';
import type { Clients } from '../../../adapters/index.ts';
import { type Change, type Done, defineAction, type RunContext } from '../../../domain/action.ts';
import { errorCode, Permanent } from '../../../domain/errors.ts';
import { lockOf } from '../database.ts';
import { atPlace, instanceOf } from '../place.ts';
import { datedDatabase, endSessionsIn, findDatabase, MAINTENANCE, renameDatabase } from './database.ts';

export const renameDatabaseAction = (clients: Clients) =>
  defineAction({
    id: 'postgres.rename-database',
    summary: 'Rename a database on the primary: how a restored one takes the place of the old, which is kept',
    effect: 'reversible',
    input: z.strictObject({
      /** The name that it has; absent: the database of system.yaml. */
      database: z.string().min(1).optional(),
      /** Absent: `<database>_corrupted_<yyyymmdd>_<hhmm>`, under which the old one is kept. */
      to: z.string().min(1).optional(),
    }),
    output: z.object({ database: z.string(), was: z.string() }),
    repeat:
      'A server has each name once: a late rename finds that the old name is gone (3D000) or the new one is taken (42P04), and changes nothing.',
    permissions: {
      iam: ['rds:DescribeDBInstances'],
      sql: ['CONNECT', 'ownership of the database', 'CREATEDB', 'pg_signal_backend'],
    },
    examples: [
      { title: 'The damaged one, to keep it', with: {} },
      { title: 'The restored one, in its place', with: { database: 'chatbot_restore_20241201', to: 'chatbot' } },
    ],
    dependsOn: (_input, { database }) => [{ region: database.primary.region }],
    writes: (_input, system) => [lockOf(instanceOf({}, system))],
    expectedSeconds: () => 3,
    observedBy: ['database'],
    async observe(context, input) {
      const name = input.database ?? context.system.database.name;
      const found = await atPlace(clients, context, { database: MAINTENANCE }, (session) =>
        findDatabase(session, name, context.signal),
      );
      return { facts: { oid: found?.oid ?? 0 }, measurements: { sessions: found?.sessions ?? 0 } };
    },
    change(_observed, { database, to }, { system }) {
      const from = database ?? system.database.name;
      return { changes: [changeOf(from, to ?? `${from}_corrupted_…`)] };
    },
    async run(context, { database, to }) {
      const from = database ?? context.system.database.name;
      const name = to ?? datedDatabase(from, 'corrupted', context.firstAttemptAt);
      const changes = await rename(clients, context, from, name);
      return { outputs: { database: name, was: from }, changes };
    },
    undo: {
      title: ({ database }, system) => `Give the database ${database ?? system.database.name} its name back`,
      repeat:
        'A server has each name once: a late rename finds that the old name is gone (3D000) or the new one is taken (42P04), and changes nothing.',
      change(_observed, _input, _context, done) {
        const was = renamed(done);
        return { changes: was ? [changeOf(was.name, was.from)] : [] };
      },
      async run(context, _input, done) {
        const was = renamed(done);
        if (!was) return { outputs: {}, changes: [] };
        return { outputs: { database: was.from }, changes: await rename(clients, context, was.name, was.from) };
      },
    },
  });

/** What was renamed, and to what; undefined when nothing was. A step that was cut short told its change before it acted. */
function renamed({ outputs, changes }: Done): { from: string; name: string } | undefined {
  const { database, was } = outputs;
  if (typeof database === 'string' && typeof was === 'string') return { from: was, name: database };
  const [change] = changes;
  return change && { from: change.before, name: change.after };
}

function changeOf(from: string, to: string): Change {
  return { what: `Database ${from}`, before: from, after: to };
}

/** Renames, and ends the sessions that are in the way; what has the new name already is left alone. */
async function rename(clients: Clients, context: RunContext, from: string, to: string): Promise<Change[]> {
  const { signal } = context;
  let changes: Change[] = [];
  await context.waitUntil(() =>
    atPlace(clients, context, { database: MAINTENANCE }, async (session) => {
      const [old, other] = [await findDatabase(session, from, signal), await findDatabase(session, to, signal)];
      if (!old && other) return true;
      if (!old) throw new Permanent('rename.no-database', `The primary has no database ${from}.`);
      if (other) {
        throw new Permanent('rename.taken', `The primary has a database ${to} already. Rename that one, then retry.`);
      }
      // Noted first: a statement whose answer is lost may have been carried out.
      changes = [changeOf(from, to)];
      context.changed(changes);
      if (old.sessions > 0) context.progress(`Ending ${old.sessions} sessions in ${from}`);
      await context.assertLease();
      await endSessionsIn(session, from, signal);
      return renameOnce(() => renameDatabase(session, from, to, signal));
    }),
  );
  return changes;
}

/** Undefined when somebody else was faster: whoever looks again sees it. */
async function renameOnce(rename: () => Promise<void>): Promise<true | undefined> {
  try {
    await rename();
    return true;
  } catch (error) {
    if (['postgres.no-such-database', 'postgres.database-exists'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
