import { z } from 'zod';
import { observationTimeout, patienceOf, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction, type RunContext } from '../../domain/action.ts';
import { describeError, isStoreTrouble, LeaseLost, LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';
import { maySignUnfenced } from '../../domain/unfenced.ts';
import { FenceInput, lockOf, moved, movedSystem, subjectOf, withDatabase } from './database.ts';
import { changesOf, fenceAndProve, isFenced, readWriters } from './prove-fence.ts';
import { unfenceOldPrimary } from './unfence-old-primary.ts';
import { watchOldPrimary } from './watch-old-primary.ts';

const Output = z.object({
  fenced: z.boolean(),
  /** Bytes of WAL after the last write of the application; 0 when it is not fenced. */
  position: z.number(),
  /** RDS's own id of what was fenced, where it is to be replaced; else ''. */
  resourceId: z.string(),
  sentence: z.string(),
});

/** World milliseconds after which a primary that does not answer counts as unreachable; never below the machine's. */
const PATIENCE = 15_000;
const SHORTEST_PATIENCE_MS = 600;

export const fence = (clients: Clients) =>
  defineAction({
    id: 'postgres.fence',
    summary: 'Stop the application from writing to the old primary, and prove it',
    effect: 'reversible',
    input: FenceInput,
    output: Output,
    repeat:
      'NOLOGIN on a role that has none and ending sessions that are gone change nothing; it names the primary that is left, never the promoted replica.',
    permissions: {
      iam: ['rds:DescribeDBInstances'],
      // Its watch: where the services are led to.
      namespace: { 'secrets (named by system.yaml)': ['get'] },
      sql: ['CONNECT', 'CREATEROLE, and ADMIN OPTION on database.applicationUsers', 'pg_signal_backend'],
    },
    examples: [
      { title: 'The primary of system.yaml', with: {} },
      {
        title: 'Before a replica in its own region is promoted',
        with: { promoting: { region: 'us-east-1', instance: 'chatbot-prod-replica' } },
      },
    ],
    dependsOn: (input, system) => [{ region: movedSystem(system, input).database.primary.region }],
    writes: (input, system) => [lockOf(movedSystem(system, input).database.primary)],
    subject: (input, system) => `database/${movedSystem(system, input).database.primary.instance}`,
    expectedSeconds: () => 3,
    async observe(given, input) {
      const context = moved(given, input);
      const { applicationUsers, primary } = context.system.database;
      const { role, maySignIn, sessions } = await withDatabase(clients, context, primary, (session) =>
        readWriters(session, applicationUsers, context.signal),
      );
      // A source that is about to die flaps: nothing of it may void an approval.
      return { facts: {}, measurements: { reachable: true, role: String(role), maySignIn, sessions } };
    },
    change(observed, input, context) {
      const { system } = moved(context, input);
      const subject = subjectOf(system.database.primary);
      if (observed) return { changes: isFenced(observed.measurements) ? [] : changesOf(system) };
      if (!maySignUnfenced(input)) return { changes: changesOf(system, 'not reachable') };
      const sentence =
        'It cannot be reached. If it comes back, it still accepts writes that the new primary will never have.';
      return { changes: changesOf(system, 'not reachable'), signatures: [{ kind: 'unfenced', subject, sentence }] };
    },
    async run(given, input) {
      const context = moved(given, input);
      const { primary } = context.system.database;
      const subject = subjectOf(primary);
      let noted: readonly Change[] = [];
      const noting: RunContext = {
        ...context,
        changed(changes) {
          noted = changes;
          context.changed(changes);
        },
      };
      try {
        const { changes, position } = await fencePrimary(clients, noting);
        const sentence = `${subject} is fenced: the application cannot sign in and has no session.`;
        const resourceId = await identify(clients, context, input);
        return { outputs: { fenced: true, position, resourceId, sentence }, changes };
      } catch (error) {
        context.signal.throwIfAborted();
        // What keeps Lifeboat from going on says nothing about the primary.
        if (isStoreTrouble(error) || error instanceof LeaseLost || !(error instanceof LifeboatError)) throw error;
        if (maySignUnfenced(input) && context.signed('unfenced', subject)) {
          // A sign-in that was taken away stays so, proven or not: nobody can write there until it is given back.
          const is = noted.length > 0 ? 'may be fenced, which is not proven' : 'is not fenced';
          const sentence = `${subject} ${is} (${describeError(error)}).`;
          const outputs = { fenced: false, position: 0, resourceId: await identify(clients, context, input), sentence };
          return { outputs, changes: [...noted], exceptions: ['unfenced'] };
        }
        if (!(error instanceof Retryable) && error.code !== 'fence.connection-lost') throw error;
        throw new Permanent(
          'fence.unreachable',
          maySignUnfenced(input)
            ? `${subject} cannot be reached to be fenced, and the approval did not sign for that. Ask for a new plan, which shows it.`
            : `${subject} cannot be reached to be fenced. Users are served from there, so nothing is promoted without it: mend what keeps Lifeboat away and retry, or abort.`,
          { cause: error },
        );
      }
    },
    undo: unfenceOldPrimary(clients),
    watch: watchOldPrimary(clients),
  });

/**
 * RDS's own id of a primary that is to be replaced, so that it is told from what gets its name; '' of one that is not.
 * Asked last, since stopping writes is what is urgent, and for as long as RDS does not answer: without RDS nothing is restored.
 */
async function identify({ aws }: Clients, context: RunContext, { replacing }: z.infer<typeof FenceInput>) {
  if (!replacing) return '';
  const { region, instance } = context.system.database.primary;
  const found = await context.waitUntil(() => aws.rds.instances.settings(region, instance, context.signal));
  return found.resourceId;
}

/** Connects within the patience that a run has for a primary that may be dead, then fences it there. */
async function fencePrimary(clients: Clients, context: RunContext): Promise<{ changes: Change[]; position: number }> {
  const { clock } = context;
  const patience = patienceOf(clock, PATIENCE, SHORTEST_PATIENCE_MS);
  const signal = within(Math.min(patience, 2 * observationTimeout(clock)), context.signal);
  return withDatabase(clients, { ...context, signal }, context.system.database.primary, (session) =>
    fenceAndProve(context, session, signal),
  );
}
