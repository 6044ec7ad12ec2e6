import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { lockOf } from '../postgres/database.ts';
import { leftBehind, MoveInput, MoveOutput, moveWrites, nameOfArn, observeMove } from './global-cluster.ts';
import { watchOldWriter } from './watch-old-writer.ts';

export const failoverGlobalCluster = (clients: Clients) =>
  defineAction({
    id: 'rds.failover-global-cluster',
    summary: 'Make the cluster of another region the writing one of an Aurora global cluster, without the old one',
    effect: 'irreversible',
    input: MoveInput,
    output: MoveOutput,
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
    observe: ({ signal }, input) => observeMove(clients, input, signal),
    change(observed, input, { system }) {
      const changes = observed?.facts.moved === true ? [] : [changeOf(input, observed?.facts.writer)];
      const sentence =
        'Its region does not answer, so nobody stops it: until its cluster is rejoined it may accept writes that the new one will never have.';
      const subject = instanceName(leftBehind(input, system));
      return { changes, signatures: [{ kind: 'unfenced', subject, sentence }] };
    },
    async run(context, input) {
      const { region, globalCluster, target } = input;
      const { outputs, changes, cluster } = await moveWrites(clients, context, input, {
        ask: () => clients.aws.rds.clusters.failoverGlobal(region, globalCluster, target, context.signal),
        changeOf: (writer) => changeOf(input, writer),
      });
      // RDS does not fence what it cannot reach. Nothing follows the new writer until the old cluster is rejoined, unless
      // it has readers of its own.
      const isAlone = cluster.members.length < 2;
      return { outputs, changes, exceptions: isAlone ? ['unfenced', 'unprotected'] : ['unfenced'] };
    },
    watch: watchOldWriter(clients),
  });

function changeOf({ globalCluster, target, region }: MoveInput, writer: string | undefined): Change {
  return {
    what: `Writing cluster of ${globalCluster}`,
    before: writer ? nameOfArn(writer) : 'not known',
    after: `${nameOfArn(target)} in ${region}; what it has not received is lost`,
  };
}
