import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { Region } from '../../domain/system.ts';

const Output = z.object({
  name: z.string(),
  /** EKS's own words: `ACTIVE`, `UPDATING`, … */
  status: z.string(),
  version: z.string(),
});

export const cluster = ({ aws }: Clients) =>
  defineAction({
    id: 'eks.cluster',
    summary: "Look at a region's EKS cluster: status and version of its control plane",
    effect: 'read',
    input: z.strictObject({ region: Region }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['eks:DescribeCluster'] },
    examples: [{ title: 'The standby cluster', with: { region: 'us-west-2' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    expectedSeconds: () => 1,
    async observe(context, { region }) {
      const { name, ...measurements } = await aws.eks.describe(region, nameOf(context, region), context.signal);
      return { facts: { name }, measurements };
    },
    change: () => ({ changes: [] }),
    async run(context, { region }) {
      const outputs = await context.waitUntil(() => aws.eks.describe(region, nameOf(context, region), context.signal));
      return { outputs: { ...outputs }, changes: [] };
    },
  });

function nameOf({ system }: Pick<ObserveContext, 'system'>, region: string): string {
  const name = system.kubernetes.clusters?.[region];
  if (name !== undefined) return name;
  throw new InvalidInput('eks.no-cluster', `system.yaml names no EKS cluster in ${region}: add kubernetes.clusters.`);
}
