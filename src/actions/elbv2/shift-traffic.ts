import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Change, type Done, defineAction, type ObserveContext } from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { loadBalancerOf } from './load-balancer.ts';

/** Where a listener sends requests, by weight. */
const Weights = z.object({ active: z.int().min(0), standby: z.int().min(0) });
type Weights = z.infer<typeof Weights>;

/** What each way of forwarding is set to. */
const WAYS = { service: { active: 100, standby: 0 }, standby: { active: 0, standby: 100 } } satisfies Record<
  string,
  Weights
>;
type Way = keyof typeof WAYS;

export const shiftTraffic = (clients: Clients) =>
  defineAction({
    id: 'elbv2.shift-traffic',
    summary: "Let a region's load balancer forward to the service, or to the standby page",
    effect: 'reversible',
    input: z.strictObject({ region: Region, to: z.enum(['service', 'standby']).default('service') }),
    output: z.object({
      active: z.int(),
      standby: z.int(),
      healthyTargets: z.int(),
      /** Weights that it replaced; empty when it replaced none. */
      before: Weights.partial(),
    }),
    repeat: 'It sets a named listener to named weights; a second time sets them to the same.',
    permissions: {
      iam: [
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:ModifyListener',
        'elasticloadbalancing:DescribeTargetHealth',
      ],
    },
    examples: [
      { title: 'Open the standby region', with: { region: 'us-west-2' } },
      { title: 'Show users the standby page', with: { region: 'us-east-1', to: 'standby' } },
    ],
    dependsOn: ({ region }) => [{ region }],
    writes: ({ region }, system) => [`elbv2/${region}/${loadBalancerOf(system, region).listener}`],
    subject: ({ region }) => `load-balancer/${region}`,
    // A listener change takes effect within 5 to 15 s.
    expectedSeconds: () => 10,
    async observe(context, { region }) {
      const { weights, healthyTargets } = await look(clients, context, region);
      return { facts: { ...weights }, measurements: { healthyTargets } };
    },
    change(observed, { region, to }) {
      if (observed && isSet(observed.facts, to)) return { changes: [] };
      return { changes: [changeOf(region, observed?.facts, WAYS[to])] };
    },
    async run(context, { region, to }) {
      const { listener, active, standby } = loadBalancerOf(context.system, region);
      const changes: Change[] = [];
      let before: Partial<Weights> = {};
      const outputs = await context.waitUntil(async () => {
        const { weights, healthyTargets } = await look(clients, context, region);
        if (!isSet(weights, to)) {
          // Noted first: a call whose answer is lost may have been carried out.
          if (changes.length === 0) {
            changes.push(changeOf(region, weights, WAYS[to]));
            before = weights;
          }
          context.changed(changes);
          await context.assertLease();
          const wanted = { [active]: WAYS[to].active, [standby]: WAYS[to].standby };
          await clients.aws.loadBalancing.forward(region, listener, wanted, context.signal);
          return undefined;
        }
        if (to === 'standby') return { ...weights, healthyTargets };
        context.progress(`Traffic goes to the service, ${healthyTargets} healthy targets`);
        return healthyTargets > 0 ? { ...weights, healthyTargets } : undefined;
      });
      return { outputs: { ...outputs, before }, changes };
    },
    undo: {
      title: ({ region }) => `Set the load balancer in ${region} back to what it forwarded to`,
      repeat: 'It sets a named listener to the weights that it had; a second time sets them to the same.',
      change(observed, { region }, _context, done) {
        const old = weightsBefore(done, region);
        return { changes: observed && isSame(observed.facts, old) ? [] : [changeOf(region, observed?.facts, old)] };
      },
      async run(context, { region }, done) {
        const { listener, active, standby } = loadBalancerOf(context.system, region);
        const old = weightsBefore(done, region);
        const changes: Change[] = [];
        await context.waitUntil(async () => {
          const { weights } = await look(clients, context, region);
          if (isSame(weights, old)) return true;
          if (changes.length === 0) changes.push(changeOf(region, weights, old));
          context.changed(changes);
          await context.assertLease();
          const wanted = { [active]: old.active, [standby]: old.standby };
          await clients.aws.loadBalancing.forward(region, listener, wanted, context.signal);
          return undefined;
        });
        return { outputs: old, changes };
      },
    },
  });

async function look(
  { aws }: Clients,
  { system, signal }: ObserveContext,
  region: string,
): Promise<{ weights: Weights; healthyTargets: number }> {
  const { listener, active, standby } = loadBalancerOf(system, region);
  const [weights, health] = await Promise.all([
    aws.loadBalancing.weights(region, listener, signal),
    aws.loadBalancing.health(region, active, signal),
  ]);
  return {
    weights: { active: weights[active] ?? 0, standby: weights[standby] ?? 0 },
    healthyTargets: health.healthy,
  };
}

/** Weights are relative: whatever the numbers, all traffic goes there. */
function isSet({ active, standby }: Weights, to: Way): boolean {
  return to === 'service' ? active > 0 && standby === 0 : active === 0 && standby > 0;
}

function isSame(one: Weights, other: Weights): boolean {
  return one.active === other.active && one.standby === other.standby;
}

/** Weights of 0 and 0 are of a listener that forwarded to neither: that cannot be brought back by weights. */
function weightsBefore(done: Done, region: string): Weights {
  const shape = Weights.refine(({ active, standby }) => active + standby > 0);
  const subject = `the weights of the load balancer in ${region}`;
  return whatWasBefore(done, shape, { subject, seen: ({ active, standby }) => ({ active, standby }) });
}

function changeOf(region: string, weights: Weights | undefined, wanted: Weights): Change {
  const show = ({ active, standby }: Weights) => `service ${active}, standby page ${standby}`;
  return {
    what: `Load balancer in ${region}`,
    before: weights ? show(weights) : 'not reachable now',
    after: show(wanted),
  };
}
