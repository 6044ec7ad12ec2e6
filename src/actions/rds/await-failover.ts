import { z } from 'zod';
import type { DatabaseInstance } from '../../adapters/aws/rds.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext, type RunContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { formatSeconds } from '../../domain/format-seconds.ts';
import { Region } from '../../domain/system.ts';
import { BEGINS_WITHIN, type Failover, failoversSince, readFailovers } from './failover-events.ts';
import { askServer, isNewer, timeOf } from './moved.ts';

const Output = z.object({
  /** Whether RDS has failed over, proven by its event and a server that was started since. */
  happened: z.boolean(),
  /** World time, epoch milliseconds; 0 when no failover was recorded. */
  startedAt: z.number(),
  completedAt: z.number(),
  endpoint: z.string(),
  port: z.int(),
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** World seconds after RDS's last event in which its name leads to the new primary. */
const PROVEN_WITHIN = 120;

export const awaitFailover = (clients: Clients) =>
  defineAction({
    id: 'rds.await-failover',
    summary: "Wait for RDS's own failover to its standby: its event, and a server that was started since",
    effect: 'read',
    input: z.strictObject({
      region: Region,
      instance: z.string().min(1),
      /** The cluster that it is a member of; its events tell of the failover then. */
      cluster: z.string().default(''),
      /** World seconds after which a failover that has not even begun is waited for no longer. */
      patienceSeconds: z.int().min(0).default(180),
      /** World time, epoch milliseconds: failovers that had ended by then count for nothing. Absent: since 15 min. */
      since: z.number().optional(),
      /** The first since then has to have come through: it fails otherwise. False: any of them counts, or none. */
      required: z.boolean().default(false),
    }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'rds:DescribeEvents'], sql: ['CONNECT'] },
    examples: [
      { title: 'The Multi-AZ primary', with: { region: 'us-east-1', instance: 'chatbot-prod' } },
      {
        title: 'One that RDS has told of',
        with: { region: 'us-east-1', instance: 'chatbot-prod', since: 1_772_332_200_000, required: true },
      },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ instance }) => `database/${instance}`,
    // RDS: "typically 60 to 120 seconds".
    expectedSeconds: () => 90,
    async observe(context, input) {
      const seen = await look(clients, context, input, context.clock.now());
      return { facts: {}, measurements: seen.output };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(() => lookAgain(clients, context, input));
      return { outputs, changes: [] };
    },
  });

interface Where {
  region: string;
  instance: string;
  cluster: string;
  patienceSeconds: number;
  since?: number | undefined;
  required: boolean;
}

async function lookAgain(clients: Clients, context: RunContext, input: Where): Promise<Output | undefined> {
  const { clock, firstAttemptAt, progress } = context;
  const { failover, output } = await look(clients, context, input, firstAttemptAt);
  const waited = (clock.now() - firstAttemptAt) / 1000;
  progress(`${output.sentence} Waited ${formatSeconds(waited)}.`);
  if (output.happened) return output;
  // What has begun is given its time, until the step's timeout; what has ended, to be proven.
  const isUnderWay = failover !== undefined && failover.failedAt === undefined && failover.completedAt === undefined;
  const since = (clock.now() - Math.max(firstAttemptAt, failover?.completedAt ?? 0)) / 1000;
  const isProving = failover?.completedAt !== undefined && since < PROVEN_WITHIN;
  if (isUnderWay || isProving || since < input.patienceSeconds) return undefined;
  if (input.required) throw new Permanent('rds.no-failover', `The failover did not come through: ${output.sentence}`);
  return output;
}

async function look(
  clients: Clients,
  context: ObserveContext,
  { region, instance, cluster, since: from, required }: Where,
  begunAt: number,
): Promise<{ failover: Failover | undefined; output: Output }> {
  const { clock, signal } = context;
  const now = clock.now();
  const since = from ?? begunAt - BEGINS_WITHIN;
  const range = { since: since - BEGINS_WITHIN, now };
  const [found, events] = await Promise.all([
    endpointOf(clients, { region, instance, cluster }, signal),
    readFailovers(clients.aws.rds, { region, instance, cluster }, range, signal),
  ]);
  const failover = failoversSince(events, since).at(required ? 0 : -1);
  const { endpoint, port } = found;
  const nothing = { happened: false, startedAt: failover?.startedAt ?? 0, completedAt: 0, endpoint, port };
  if (!failover) return { failover, output: { ...nothing, sentence: `RDS has recorded no failover of ${instance}.` } };
  if (failover.completedAt === undefined) {
    return { failover, output: { ...nothing, sentence: `RDS says of ${instance}: ${failover.message}` } };
  }
  const { completedAt, startedAt } = failover;
  const server = await askServer(clients, context, found);
  const isProven = server.role === 'primary' && (cluster !== '' || isNewer(server, startedAt, clock));
  const proof = isProven ? 'its server was started since' : 'but the server that answers was started before that';
  const sentence = `RDS completed the failover of ${instance} at ${timeOf(completedAt)}; ${proof}.`;
  return { failover, output: { happened: isProven, startedAt, completedAt, endpoint, port, sentence } };
}

/** Where clients reach the writer: by the cluster's name, which follows it, or by the instance's. */
export async function endpointOf(
  { aws }: Pick<Clients, 'aws'>,
  { region, instance, cluster }: Pick<Where, 'region' | 'instance' | 'cluster'>,
  signal: AbortSignal,
): Promise<Pick<DatabaseInstance, 'endpoint' | 'port'>> {
  const { endpoint, port } =
    cluster === ''
      ? await aws.rds.describe(region, instance, signal)
      : await aws.rds.clusters.describe(region, cluster, signal);
  return { endpoint, port };
}
