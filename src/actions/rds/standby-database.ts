import { z } from 'zod';
import type { DatabaseInstance } from '../../adapters/aws/rds.ts';
import { observationTimeout, within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Retryable } from '../../domain/errors.ts';
import { Region } from '../../domain/system.ts';
import type { Where } from '../postgres/database.ts';
import { leftBehind, writerOf } from './global-cluster.ts';

/** Share of an observation's time that the writing region gets, so that what follows from its silence is still said. */
const SHARE = 0.6;

const Output = z.object({
  /** How it follows the primary, and so how writes are moved to it. */
  form: z.enum(['replica', 'global-cluster']),
  /** Whether writes may be moved to it now. */
  ready: z.boolean(),
  /** Of the instance, in the service's own words: `available`, `modifying`, … */
  status: z.string(),
  /** Identifier of the source of a replica; '' when it is none. */
  replicaOf: z.string(),
  /** Of a member of a global cluster; '' otherwise. */
  globalCluster: z.string(),
  /** ARN of the cluster that it belongs to; '' when it belongs to none. */
  target: z.string(),
  /** The cluster that writes for the global cluster; '' when there is none. */
  writer: z.string(),
  /** Where clients write once it has taken over: the endpoint of the instance, or of its cluster. */
  endpoint: z.string(),
  port: z.int(),
  /** For people: what it is, and what to do where it is not ready. */
  advice: z.string(),
});
type Output = z.infer<typeof Output>;

export const standbyDatabase = (clients: Clients) =>
  defineAction({
    id: 'rds.standby-database',
    summary:
      'Look at the database of another region: a read replica, or a cluster of a global cluster, and whether it can take over',
    effect: 'read',
    input: z.strictObject({ region: Region, instance: z.string().min(1) }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'rds:DescribeGlobalClusters'] },
    examples: [{ title: 'The replica', with: { region: 'us-west-2', instance: 'chatbot-prod-replica-west' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ instance }) => `database/${instance}`,
    // One to three AWS calls: 0.1 to 0.4 s each.
    expectedSeconds: () => 1,
    async observe(context, where) {
      const { ready, status, advice, ...facts } = await look(clients, context, where);
      return { facts, measurements: { ready, status, advice } };
    },
    change: () => ({ changes: [] }),
    async run(context, where) {
      return { outputs: await context.waitUntil(() => look(clients, context, where)), changes: [] };
    },
  });

async function look(clients: Clients, context: ObserveContext, where: Where): Promise<Output> {
  const found = await clients.aws.rds.describe(where.region, where.instance, context.signal);
  const source = leftBehind(where, context.system);
  return found.cluster === '' ? ofInstance(found, source) : ofMember(clients, context, where, found);
}

function ofInstance({ status, replicaOf, endpoint, port }: DatabaseInstance, source: Where): Output {
  const isReplica = replicaOf === source.instance;
  const none = { globalCluster: '', target: '', writer: '' };
  return {
    ...{ form: 'replica', ready: isReplica && status === 'available', status, replicaOf, ...none, endpoint, port },
    advice: adviceOnReplica(replicaOf, source),
  };
}

function adviceOnReplica(replicaOf: string, source: Where): string {
  if (replicaOf === '') {
    return 'It is standalone already, so a promotion has come through, and it may hold the only copy of the data: do not recreate it. A commander may override this, and the run goes on from there.';
  }
  if (replicaOf !== source.instance) {
    return `It follows ${replicaOf}, not the present primary ${source.instance}: another instance was promoted or restored meanwhile, and has writes that this replica will never have. Promoting it would make a second primary (split brain). Build a new replica of the present primary.`;
  }
  return 'Only an available read replica can be promoted. Wait until it is available.';
}

async function ofMember(
  { aws }: Clients,
  context: ObserveContext,
  { region }: Where,
  { status, cluster: name }: DatabaseInstance,
): Promise<Output> {
  const { clusters } = aws.rds;
  const [cluster, globals] = await Promise.all([
    clusters.describe(region, name, context.signal),
    clusters.global(region, context.signal),
  ]);
  const global = globals.find(({ members }) => members.some(({ arn }) => arn === cluster.arn));
  const writer = global && writerOf(global);
  const base = {
    ...{ form: 'global-cluster' as const, status, replicaOf: '', target: cluster.arn },
    ...{ globalCluster: global?.identifier ?? '', writer: writer?.cluster ?? '' },
    ...{ endpoint: cluster.endpoint, port: cluster.port },
  };
  const not = (advice: string): Output => ({ ...base, ready: false, advice });
  if (!global || !writer) {
    return not(
      `It belongs to ${name}, which is in no global cluster with a writer, so that nothing of the primary reaches it. Add it to one.`,
    );
  }
  if (writer.arn === cluster.arn) {
    return not(
      `${name} writes for ${global.identifier} already, so a failover has come through, and it has the only writes that count. A commander may override this, and the run goes on from there.`,
    );
  }
  const expected = leftBehind({ region }, context.system);
  if (writer.region !== expected.region) {
    return not(
      `${global.identifier} is written from ${writer.cluster} in ${writer.region}, not from ${expected.region}, where system.yaml has the primary. Correct system.yaml and restart Lifeboat.`,
    );
  }
  const busy = [
    [global.identifier, global.status],
    [name, cluster.status],
    [`its instance`, status],
  ].find(([, is]) => is !== 'available');
  if (busy) return not(`${busy.join(' is ')}. Wait until it is available.`);
  const trouble = context.mode === 'planned' ? await troubleOf({ aws }, context, writer) : undefined;
  if (trouble !== undefined) {
    return not(
      `A switchover waits for the last write of ${writer.cluster}, and ${trouble}. Wait until it is in service; where it is lost, use --mode emergency.`,
    );
  }
  return { ...base, ready: true, advice: `${name} follows ${writer.cluster} in ${writer.region}.` };
}

/** What keeps the writing cluster from handing over, a clause; undefined: nothing. */
async function troubleOf(
  { aws }: Pick<Clients, 'aws'>,
  { clock, signal }: ObserveContext,
  { region, cluster }: { region: string; cluster: string },
): Promise<string | undefined> {
  try {
    const patience = within(SHARE * observationTimeout(clock), signal);
    const { status } = await aws.rds.clusters.describe(region, cluster, patience);
    return status === 'available' ? undefined : `it is ${status}`;
  } catch (error) {
    if (!(error instanceof Retryable)) throw error;
    return `RDS does not answer in ${region}`;
  }
}
