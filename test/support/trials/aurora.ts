import { createRunContext } from '../run-context.ts';
import type { TestWorld } from '../world.ts';
import { PRIMARY, soon, type Trial, west } from './trial.ts';

/** Trials in a world whose database is an Aurora global cluster. */
export function auroraTrials(bench: () => TestWorld): Trial[] {
  const clusters = () => bench().clients.aws.rds.clusters;
  const globalMembers = async () => (await clusters().global(west.region, soon()))[0]?.members ?? [];
  /** A global failover leaves the cluster of this region to be built anew. */
  const untilRejoined = async (region: string) => {
    const member = (await globalMembers()).find((one) => one.region === region);
    if (!member) throw new Error(`there is no cluster in ${region}`);
    const { system, world } = bench();
    return createRunContext({ system, clock: world.clock, signal: soon() }).waitUntil(async () => {
      const { status } = await clusters().describe(region, member.cluster, soon());
      return status === 'available' ? member : undefined;
    });
  };
  return [
    {
      action: 'rds.failover-cluster',
      what: 'the writer of a cluster',
      topology: 'aurora',
      with: () => ({ region: PRIMARY.region, cluster: 'chatbot-prod-cluster', target: 'chatbot-prod-reader' }),
      look: async () => {
        const { members } = await clusters().describe(PRIMARY.region, 'chatbot-prod-cluster', soon());
        return members.filter(({ isWriter }) => isWriter).map(({ instance }) => instance);
      },
      done: ['chatbot-prod-reader'],
      calls: { run: { FailoverDBCluster: 1 } },
    },
    {
      action: 'rds.failover-global-cluster',
      what: 'the writing cluster of a global cluster',
      topology: 'aurora',
      with: async () => ({
        ...west,
        globalCluster: 'chatbot-prod-global',
        target: (await globalMembers()).find(({ region }) => region === west.region)?.arn ?? '',
      }),
      look: async () => (await globalMembers()).filter(({ isWriter }) => isWriter).map(({ region }) => region),
      done: [west.region],
      calls: { run: { FailoverGlobalCluster: 1 } },
    },
    {
      action: 'rds.switchover-global-cluster',
      what: 'the writing cluster of a global cluster, and back',
      topology: 'aurora',
      with: async () => {
        const left = await untilRejoined(PRIMARY.region);
        return { region: PRIMARY.region, globalCluster: 'chatbot-prod-global', target: left.arn };
      },
      look: async () => (await globalMembers()).filter(({ isWriter }) => isWriter).map(({ region }) => region),
      done: [PRIMARY.region],
      calls: { run: { SwitchoverGlobalCluster: 1 } },
    },
  ];
}
