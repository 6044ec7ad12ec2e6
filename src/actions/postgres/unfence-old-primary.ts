import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import type { Change, Observation, RunContext, Undo } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { SHOWS_WITHIN, TWO_PRIMARIES } from '../../domain/promoted.ts';
import { type FenceInput, moved, movedSystem, promotedOf, subjectOf, type Where, withDatabase } from './database.ts';
import { allowSignIn, signInChange } from './sign-in.ts';

interface SeenPrimary extends Observation {
  measurements: { role: string; maySignIn: string[]; reachable: boolean; sessions: number };
}

/**
 * Takes the fence away: the application may sign in on the old primary again. It needs nothing of what was before, so
 * that a fence that was cut short is taken away as well. It never does so once the replica that the run promotes was promoted,
 * nor on another instance than the one that a restore was to replace: that one asks nothing of a replica.
 */
export function unfenceOldPrimary(clients: Clients) {
  return {
    title: (input, system) =>
      `Let the application sign in on ${subjectOf(movedSystem(system, input).database.primary)} again`,
    repeat:
      'LOGIN on a role that has it changes nothing; it names the primary that was left, and directly before it RDS must say that the replica is an available replica still, a minute at least after a promotion was last tried. Before a restore nothing is promoted: there it must be the very instance that was fenced.',
    change(observed, input, context) {
      const { applicationUsers, primary } = moved(context, input).system.database;
      const seen = observed?.measurements;
      if (seen?.role === 'replica') return { changes: [] };
      const before = seen ? 'taken away' : 'not reachable now';
      return {
        changes: applicationUsers
          .filter((role) => !seen?.maySignIn.includes(role))
          .map((role) => signInChange(role, subjectOf(primary), before)),
      };
    },
    async run(given, input, { unsettledSince, outputs }) {
      const context = moved(given, input);
      await assertNotReplaced(clients, context, outputs.resourceId);
      const changes: Change[] = [];
      const replica = input.replacing ? undefined : promotedOf(input, context.system);
      const subject = subjectOf(context.system.database.primary);
      await context.waitUntil(() => unfenceOnce(clients, context, { changes, unsettledSince, replica }));
      return { outputs: { sentence: `The application may sign in on ${subject} again.` }, changes };
    },
  } satisfies Undo<typeof FenceInput, SeenPrimary>;
}

/** What was fenced is known by RDS's own id where another instance may have got its name since. */
async function assertNotReplaced({ aws }: Clients, context: RunContext, resourceId: unknown): Promise<void> {
  if (typeof resourceId !== 'string' || resourceId === '') return;
  const { primary } = context.system.database;
  const found = await context.waitUntil(async () => ({
    named: await aws.rds.instances.settings(primary.region, primary.instance, context.signal),
  }));
  if (found.named?.resourceId === resourceId) return;
  throw new Permanent(
    'unfence.replaced',
    `${subjectOf(primary)} is not the instance that was fenced, so its fence is left alone. Give the old one its name back first.`,
  );
}

/**
 * One look, and the change if it may be made; undefined while a promotion is under way, which may come to nothing, and
 * while one that was begun may not show yet.
 */
async function unfenceOnce(
  clients: Clients,
  context: RunContext,
  {
    changes,
    unsettledSince = Number.NEGATIVE_INFINITY,
    replica,
  }: { changes: Change[]; unsettledSince: number | undefined; replica: Where | undefined },
): Promise<true | undefined> {
  const { primary } = context.system.database;
  const signal = within(2 * observationTimeout(context.clock), context.signal);
  return withDatabase(clients, { ...context, signal }, primary, async (session) => {
    const { role } = await readReplication(session, signal);
    if (role === 'replica') {
      throw new Permanent(
        'unfence.rebuilt',
        `${subjectOf(primary)} is a read replica now, so nothing can be written there. Look for its primary.`,
      );
    }
    if (replica && !(await isStillReplica(clients, context, { replica, unsettledSince, signal }))) return undefined;
    await allowSignIn(session, { ...context, signal }, subjectOf(primary), changes);
    return true;
  });
}

/** Throws Permanent when it was promoted; false while that is not known. */
async function isStillReplica(
  { aws }: Clients,
  { clock, system, progress }: RunContext,
  { replica, unsettledSince, signal }: { replica: Where; unsettledSince: number; signal: AbortSignal },
): Promise<boolean> {
  // Taken before RDS is asked: what it says then is what counts.
  const settled = clock.now() >= unsettledSince + SHOWS_WITHIN;
  const { replicaOf, status } = await aws.rds.describe(replica.region, replica.instance, signal);
  if (replicaOf === '') {
    throw new Permanent(
      TWO_PRIMARIES,
      `${subjectOf(replica)} was promoted, so ${subjectOf(system.database.primary)} stays fenced: two primaries would take writes apart from each other. Finish the failover, or move back as a run of its own.`,
    );
  }
  if (status !== 'available') {
    progress(`${subjectOf(replica)} is ${status}: waiting until it is known whether it is promoted`);
    return false;
  }
  if (!settled) {
    const until = new Date(unsettledSince + SHOWS_WITHIN).toISOString().slice(11, 19);
    progress(
      `${subjectOf(replica)}: a promotion was begun, and RDS may not show it before ${until} UTC; waiting until then`,
    );
  }
  return settled;
}
