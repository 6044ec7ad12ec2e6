import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import type { PostgresSession } from '../../adapters/postgres/index.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import type { RunContext, Watch } from '../../domain/action.ts';
import { Permanent, Retryable } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { lastEndpoint } from '../postgres/database.ts';
import type { OldPrimary } from '../postgres/old-primary.ts';
import { fenceWhenBack, OLD_PRIMARY_EVERY_SECONDS } from '../postgres/watch-old-primary.ts';
import { findGlobalCluster, leftBehind, type MoveInput } from './global-cluster.ts';

/**
 * Looks whether the old writer of a global cluster has come back, and fences it until RDS has rejoined its cluster, which
 * makes it a reader.
 */
export function watchOldWriter(clients: Clients): Watch<typeof MoveInput> {
  return {
    exception: 'unfenced',
    subject: (input, system) => instanceName(leftBehind(input, system)),
    everySeconds: OLD_PRIMARY_EVERY_SECONDS,
    look(given, input) {
      const { database } = given.system;
      const context = {
        ...given,
        system: { ...given.system, database: { ...database, primary: leftBehind(input, given.system) } },
      };
      return fenceWhenBack(context, (looking) => oldOfGlobalCluster(clients, looking, input));
    },
  };
}

/**
 * Whichever instance of the old cluster writes when it comes back, the cluster's endpoint leads there. While RDS in its
 * region does not tell that endpoint, the instance that wrote is asked by the name that was last seen.
 */
function oldOfGlobalCluster(clients: Clients, context: RunContext, input: MoveInput): OldPrimary {
  const { clusters } = clients.aws.rds;
  const { region } = context.system.database.primary;
  const members = async (signal: AbortSignal) => (await findGlobalCluster(clusters, input, signal)).members;
  return {
    context,
    async use(signal, work) {
      const old = (await members(signal)).find((one) => one.region === region);
      if (!old) {
        const sentence = `The old cluster in ${region} is no member of ${input.globalCluster} any more: nobody rejoins it. See that nothing writes there, then release this.`;
        throw new Permanent('rds.global-cluster-left', sentence);
      }
      // Half of the time is the last-known name's, which a region whose RDS hangs must not use up.
      const half = within(observationTimeout(context.clock) / 2, signal);
      const endpoint = await clusters.describe(region, old.cluster, half).catch((error: unknown) => {
        if (error instanceof Permanent) throw error;
      });
      return endpoint
        ? clients.postgres.use(targetOf(clients, context.system, endpoint), signal, work)
        : useLastKnown(clients, context, signal, work);
    },
    isReplaced: async () =>
      (await members(context.signal)).some(({ arn, isWriter }) => isWriter && arn === input.target),
  };
}

/** Throws Retryable where the instance that wrote is not known by name, and where it is a reader: another one may write. */
async function useLastKnown<T>(
  clients: Clients,
  { samples, system }: RunContext,
  signal: AbortSignal,
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const { primary } = system.database;
  const known = await lastEndpoint(samples, primary.instance);
  if (!known) {
    throw new Retryable(
      'rds.old-writer-unknown',
      `RDS in ${primary.region} does not say where the old cluster writes.`,
    );
  }
  return clients.postgres.use(targetOf(clients, system, known), signal, async (session) => {
    const { role } = await readReplication(session, signal);
    if (role === 'primary') return work(session);
    throw new Retryable(
      'rds.old-writer-unknown',
      `${instanceName(primary)} is a reader; RDS does not say what writes.`,
    );
  });
}
