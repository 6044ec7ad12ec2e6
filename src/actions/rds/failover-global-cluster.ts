import { z } from 'zod';
import type { GlobalCluster } from '../../adapters/aws/rds-clusters.ts';
import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { LifeboatError, Permanent } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { Region } from '../../domain/system.ts';
import { lockOf } from '../postgres/database.ts';
import { askServer } from './moved.ts';

const Input = z.strictObject({
  /** Region of the cluster that becomes the writing one; the call goes there. */
  region: Region,
  globalCluster: z.string().min(1),
  /** ARN of that cluster. */
  target: z.string().min(1),
});
type Input = z.infer<typeof Input>;

export const failoverGlobalCluster = (clients: Clients) =>
  defineAction({
    id: 'rds.failover-global-cluster',
    summary: 'Make the cluster of another region the writing one of an Aurora global cluster',
    effect: 'irreversible',
    input: Input,
    output: z.object({ endpoint: z.string(), port: z.int(), sentence: z.string() }),
    repeat:
      'It names the cluster that is to write: where that one writes already nothing is called, and RDS refuses another failover while one is under way (InvalidGlobalClusterStateFault).',
    permissions: {
      iam: ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', 'rds:FailoverGlobalCluster'],
      sql: ['CONNECT', 'CREATEROLE, and ADMIN OPTION on database.applicationUsers', 'pg_signal_backend'],
    },
    examples: [
      {
        title: 'To the standby region',
        with: {
          region: 'us-west-2',
          globalCluster: 'chatbot-prod-global',
          target: 'arn:aws:rds:us-west-2:123456789012:cluster:chatbot-prod-west-cluster',
        },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region, globalCluster }) => [lockOf({ region, instance: globalCluster })],
    // Aurora: "in minutes"; AWS measured about one.
    expectedSeconds: () => 120,
    withoutUndo: 'what the target had not received is lost; the way back is a switchover that people make by hand',
    async observe({ signal }, input) {
      const found = await find(clients, input, signal);
      return { facts: { writer: writerOf(found) }, measurements: { status: found.status } };
    },
    change(observed, input, { system }) {
      const changes = observed?.facts.writer === input.target ? [] : [changeOf(input, observed?.facts.writer)];
      const subject = instanceName(system.database.primary);
      const sentence =
        'Its region does not answer, so nobody stops it: until its cluster is rejoined it may accept writes that the new one will never have.';
      return { changes, signatures: [{ kind: 'unfenced', subject, sentence }] };
    },
    async run(context, input) {
      const { clusters } = clients.aws.rds;
      const { region, globalCluster, target } = input;
      let changes: Change[] = [];
      let asked = false;
      return context.waitUntil(async () => {
        const found = await find(clients, input, context.signal);
        context.progress(`${globalCluster} is ${found.status}`);
        if (writerOf(found) !== target) {
          if (asked || found.status !== 'available') return undefined;
          changes = [changeOf(input, writerOf(found))];
          // Noted first: a call whose answer is lost may have been carried out.
          context.changed(changes);
          await context.assertLease();
          asked = await once(() => clusters.failoverGlobal(region, globalCluster, target, context.signal));
          return undefined;
        }
        const { endpoint, port, identifier } = await clusters.describe(region, nameOf(target), context.signal);
        if ((await askServer(clients, context, { endpoint, port })).role !== 'primary') return undefined;
        const sentence = `${identifier} in ${region} writes for ${globalCluster}, as RDS and its server say.`;
        // RDS does not fence what it cannot reach, whenever the failover was made.
        return { outputs: { endpoint, port, sentence }, changes, exceptions: ['unfenced'] };
      });
    },
  });

async function find({ aws }: Clients, { region, globalCluster }: Input, signal: AbortSignal): Promise<GlobalCluster> {
  const found = (await aws.rds.clusters.global(region, signal)).find(({ identifier }) => identifier === globalCluster);
  if (found) return found;
  throw new Permanent('rds.global-cluster-not-found', `RDS in ${region} knows no global cluster ${globalCluster}.`);
}

async function once(failOver: () => Promise<void>): Promise<boolean> {
  try {
    await failOver();
    return true;
  } catch (error) {
    if (error instanceof LifeboatError && error.code === 'rds.invalid-global-cluster-state') return false;
    throw error;
  }
}

function writerOf({ members }: GlobalCluster): string {
  return members.find(({ isWriter }) => isWriter)?.arn ?? '';
}

function nameOf(arn: string): string {
  return arn.split(':').at(-1) ?? arn;
}

function changeOf({ globalCluster, target, region }: Input, writer: string | undefined): Change {
  return {
    what: `Writing cluster of ${globalCluster}`,
    before: writer ? nameOf(writer) : 'not known',
    after: `${nameOf(target)} in ${region}; what it has not received is lost`,
  };
}
