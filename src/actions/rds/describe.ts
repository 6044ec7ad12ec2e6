import { z } from 'zod';
import type { DatabaseInstance } from '../../adapters/aws/rds.ts';
import type { Clients } from '../../adapters/index.ts';
import { defineAction } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';

const Output = z.object({
  identifier: z.string(),
  /** The service's own words: `available`, `modifying`, `rebooting`, … */
  status: z.string(),
  /** Identifier of the source; '' when it is no replica. */
  replicaOf: z.string(),
  /** The cluster that it is a member of; '' when it is none. */
  cluster: z.string(),
  endpoint: z.string(),
  port: z.int(),
  instanceClass: z.string(),
});

export const describeInstance = ({ aws }: Clients) =>
  defineAction({
    id: 'rds.describe',
    summary: 'Look at an RDS instance: role, status, endpoint',
    effect: 'read',
    input: z.strictObject({ region: Region, instance: z.string().min(1) }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances'] },
    examples: [{ title: 'The replica', with: { region: 'us-west-2', instance: 'chatbot-prod-replica-west' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ instance }) => `database/${instance}`,
    // An AWS call: 0.1 to 0.4 s.
    expectedSeconds: () => 1,
    async observe({ signal }, { region, instance }) {
      return observationOf(await aws.rds.describe(region, instance, signal));
    },
    change: () => ({ changes: [] }),
    async run(context, { region, instance }) {
      const outputs = await context.waitUntil(() => aws.rds.describe(region, instance, context.signal));
      return { outputs, changes: [] };
    },
  });

/**
 * What it is, is a fact; its status comes and goes with backups and maintenance, and is measured. What protects it and
 * where it runs is nothing that a plan is about.
 */
export function observationOf({
  identifier,
  replicaOf,
  cluster,
  endpoint,
  port,
  instanceClass,
  status,
}: DatabaseInstance) {
  return { facts: { identifier, replicaOf, cluster, endpoint, port, instanceClass }, measurements: { status } };
}
