import type { Clients } from '../../adapters/index.ts';
import { type Change, defineAction } from '../../domain/action.ts';
import { describeError, LifeboatError, Permanent } from '../../domain/errors.ts';
import { lockOf } from '../postgres/database.ts';
import { leftBehind, MoveInput, MoveOutput, moveWrites, nameOfArn, observeMove } from './global-cluster.ts';

/** RDS refuses because one of the clusters is not in service. */
const NOT_IN_SERVICE = 'rds.invalid-db-cluster-state';

export const switchoverGlobalCluster = (clients: Clients) =>
  defineAction({
    id: 'rds.switchover-global-cluster',
    summary: 'Make the cluster of another region the writing one of an Aurora global cluster, without losing a write',
    effect: 'irreversible',
    input: MoveInput,
    output: MoveOutput,
    repeat:
      'It names the cluster that is to write: where that one writes already nothing is called, and RDS refuses another switchover while one is under way (InvalidGlobalClusterStateFault).',
    permissions: {
      iam: ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters', 'rds:SwitchoverGlobalCluster'],
      sql: ['CONNECT'],
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
    // RDS stops writes in the old region and waits for what is on its way.
    dependsOn: (input, system) => [{ region: input.region }, { region: leftBehind(input, system).region }],
    writes: ({ region, globalCluster }) => [lockOf({ region, instance: globalCluster })],
    // Aurora: "in minutes", nobody writing for most of it.
    expectedSeconds: () => 120,
    withoutUndo:
      'the old region goes on following and loses nothing, but switching back is a planned move of its own: it interrupts users once more, and takes services and traffic with it',
    observe: ({ signal }, input) => observeMove(clients, input, signal),
    change: (observed, input) => ({
      changes: observed?.facts.moved === true ? [] : [changeOf(input, observed?.facts.writer)],
    }),
    async run(context, input) {
      const { region, globalCluster, target } = input;
      const { outputs, changes } = await moveWrites(clients, context, input, {
        ask: () =>
          switchOver(() => clients.aws.rds.clusters.switchoverGlobal(region, globalCluster, target, context.signal)),
        changeOf: (writer) => changeOf(input, writer),
      });
      return { outputs, changes };
    },
  });

async function switchOver(ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof LifeboatError) || error.code !== NOT_IN_SERVICE) throw error;
    throw new Permanent(
      'rds.switchover-refused',
      `${describeError(error)} Nothing was changed: a switchover needs both clusters in service. Wait until they are and retry; where the writing region is lost, go on as an emergency, which loses what the other one has not received.`,
      { cause: error },
    );
  }
}

function changeOf({ globalCluster, target, region }: MoveInput, writer: string | undefined): Change {
  return {
    what: `Writing cluster of ${globalCluster}`,
    before: writer ? nameOfArn(writer) : 'not known',
    after: `${nameOfArn(target)} in ${region}, once it has every write`,
  };
}
