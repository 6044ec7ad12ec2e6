import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { loadBalancerOf } from './load-balancer.ts';

const Output = z.object({
  /** Targets of the service's group that pass their health check, and all of them. */
  healthy: z.int(),
  total: z.int(),
  /** Weights of the listener: to the service, and to the standby page. */
  active: z.int(),
  standby: z.int(),
  sentence: z.string(),
});

export const targetHealth = (clients: Clients) =>
  defineAction({
    id: 'elbv2.target-health',
    summary: "Look how many targets of a region's load balancer are healthy, and where it sends users",
    effect: 'read',
    input: z.strictObject({ region: Region }),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeTargetHealth'] },
    examples: [{ title: 'The standby load balancer', with: { region: 'us-west-2' } }],
    dependsOn: ({ region }) => [{ region }],
    writes: () => [],
    subject: ({ region }) => `load-balancer/${region}`,
    expectedSeconds: () => 1,
    async observe(context, { region }) {
      return { facts: {}, measurements: await look(clients, context, region) };
    },
    change: () => ({ changes: [] }),
    async run(context, { region }) {
      const outputs = await look(clients, context, region);
      context.progress(outputs.sentence);
      return { outputs, changes: [] };
    },
  });

async function look({ aws }: Clients, { system, signal }: ObserveContext, region: string) {
  const balancer = loadBalancerOf(system, region);
  const [weights, { healthy, total }] = await Promise.all([
    aws.loadBalancing.weights(region, balancer.listener, signal),
    aws.loadBalancing.health(region, balancer.active, signal),
  ]);
  const [active, standby] = [weights[balancer.active] ?? 0, weights[balancer.standby] ?? 0];
  const goes = standby === 0 && active > 0 ? 'the service' : active === 0 ? 'the standby page' : 'both';
  const sentence = `${healthy} of ${total} targets in ${region} are healthy; the load balancer sends users to ${goes}.`;
  return { healthy, total, active, standby, sentence };
}
