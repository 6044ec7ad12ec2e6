import { z } from 'zod';
import type { DatabaseCluster } from '../../adapters/aws/rds-clusters.ts';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { Region } from '../../domain/system.ts';
import { lockOf } from '../postgres/database.ts';
import { askOnce } from './asking.ts';
import { askServer } from './moved.ts';

const Input = z.strictObject({
  region: Region,
  cluster: z.string().min(1),
  /** The reader that becomes the writer; '' where the diagnosis found none, which is refused. */
  target: z.string(),
});
type Input = z.infer<typeof Input>;

export const failoverCluster = (clients: Clients) =>
  defineAction({
    id: 'rds.failover-cluster',
    summary: 'Make a reader of an Aurora or Multi-AZ cluster its writer',
    effect: 'irreversible',
    input: Input,
    output: z.object({ endpoint: z.string(), port: z.int(), writer: z.string(), sentence: z.string() }),
    repeat:
      'It names the new writer: where that one writes already nothing is called, and a call that comes late fails over to the instance that writes, which RDS refuses. While a failover is under way RDS refuses another (InvalidDBClusterStateFault).',
    permissions: { iam: ['rds:DescribeDBClusters', 'rds:FailoverDBCluster'], sql: ['CONNECT'] },
    examples: [
      {
        title: 'The reader takes over',
        with: { region: 'us-east-1', cluster: 'chatbot-prod-cluster', target: 'chatbot-prod-reader' },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region, cluster }) => [lockOf({ region, instance: cluster })],
    // Aurora: "typically less than 30 seconds".
    expectedSeconds: () => 30,
    withoutUndo: 'sessions on the old writer have ended; another failover would only interrupt users again',
    async observe({ signal }, { region, cluster, target }) {
      const found = await clients.aws.rds.clusters.describe(region, cluster, signal);
      assertMember(found, target, region);
      return { facts: { writer: writerOf(found), endpoint: found.endpoint }, measurements: { status: found.status } };
    },
    change: (observed, input) => ({
      changes: observed?.facts.writer === input.target ? [] : [changeOf(input, observed?.facts.writer)],
    }),
    async run(context, input) {
      const { region, cluster, target } = input;
      let changes: Change[] = [];
      let asked = false;
      return context.waitUntil(async () => {
        const found = await clients.aws.rds.clusters.describe(region, cluster, context.signal);
        assertMember(found, target, region);
        const writer = writerOf(found);
        context.progress(`${cluster} is ${found.status}, ${writer} writes`);
        if (writer !== target) {
          if (asked || found.status !== 'available') return undefined;
          changes = [changeOf(input, writer)];
          // Noted first: a call whose answer is lost may have been carried out.
          context.changed(changes);
          await context.assertLease();
          asked = await askOnce(() => clients.aws.rds.clusters.failover(region, cluster, target, context.signal), {
            passing: [WRONG_CLUSTER_STATE],
          });
          return undefined;
        }
        if (found.status !== 'available') return undefined;
        // The cluster's name follows the writer some seconds later.
        if ((await askServer(clients, context, found)).role !== 'primary') return undefined;
        const { endpoint, port } = found;
        const sentence = `${target} writes for ${cluster}, as RDS and the server behind ${endpoint} say.`;
        return { outputs: { endpoint, port, writer: target, sentence }, changes };
      });
    },
  });

/** RDS refuses because of the cluster's state: most often, a failover is under way already. */
const WRONG_CLUSTER_STATE = 'rds.invalid-db-cluster-state';

function writerOf({ members }: DatabaseCluster): string {
  return members.find(({ isWriter }) => isWriter)?.instance ?? '';
}

function assertMember({ identifier, members }: DatabaseCluster, target: string, region: string): void {
  if (members.some(({ instance }) => instance === target)) return;
  const wrong = target === '' ? 'Nothing is named to become the writer' : `${target} is no member`;
  const readers = members.filter(({ isWriter }) => !isWriter).map(({ instance }) => instance);
  throw new Permanent(
    'rds.no-such-member',
    `${wrong} of the cluster ${identifier} in ${region}. It can fail over to ${readers.join(' or ') || 'nothing: it has no reader. RDS makes a new writer by itself, or add one'}.`,
  );
}

function changeOf({ cluster, region, target }: Input, writer: string | undefined): Change {
  return {
    what: `Writer of ${cluster} in ${region}`,
    before: writer || 'not reachable now',
    after: target,
  };
}
