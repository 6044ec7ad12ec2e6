import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import type { RunContext, Watch } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
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

/** Whichever instance of the old cluster writes when it comes back, its endpoint leads there. */
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
      const endpoint = await clusters.describe(region, old.cluster, signal);
      return clients.postgres.use(targetOf(clients, context.system, endpoint), signal, work);
    },
    isReplaced: async () =>
      (await members(context.signal)).some(({ arn, isWriter }) => isWriter && arn === input.target),
  };
}
