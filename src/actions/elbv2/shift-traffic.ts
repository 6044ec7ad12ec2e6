import { z } from 'zod';
import { endOf, weightsOf, withWeights } from '../../adapters/aws/listener-actions.ts';
import type { DefaultAction } from '../../adapters/aws/load-balancing.ts';
import type { Clients } from '../../adapters/index.ts';
import {
  type Change,
  type Done,
  defineAction,
  type Finding,
  type ObserveContext,
  type RunContext,
} from '../../domain/action.ts';
import { Region } from '../../domain/system.ts';
import { whatWasBefore } from '../what-was-before.ts';
import { loadBalancerOf } from './load-balancer.ts';

/** Where a listener sends requests, by weight. */
const Weights = z.object({ active: z.int().min(0), standby: z.int().min(0) });
type Weights = z.infer<typeof Weights>;

/** What it did before, whole: weights alone bring back no third group's share, and nothing that it answered itself. */
const Before = Weights.extend({
  /** Default actions as the service showed them; absent in what was journalled before they were kept. */
  actions: z.array(z.record(z.string(), z.json())).optional(),
});
type Before = z.infer<typeof Before>;

/** What each way of forwarding is set to. */
const WAYS = { service: { active: 100, standby: 0 }, standby: { active: 0, standby: 100 } } satisfies Record<
  string,
  Weights
>;
type Way = keyof typeof WAYS;

/** World milliseconds in which a group's targets pass their first health checks once a listener forwards to it. */
const FIRST_CHECKS = 60_000;

export const shiftTraffic = (clients: Clients) =>
  defineAction({
    id: 'elbv2.shift-traffic',
    summary: "Let a region's load balancer forward to the service, or to the standby page",
    effect: 'reversible',
    input: z.strictObject({ region: Region, to: z.enum(['service', 'standby']).default('service') }),
    output: z.object({
      active: z.int(),
      standby: z.int(),
      /** Of the group that traffic goes to. */
      healthyTargets: z.int(),
      /** What it replaced; empty when it replaced nothing. */
      before: Before.partial(),
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
    async observe(context, { region, to }) {
      const { active, standby, others, actions, healthyTargets } = await look(clients, context, region, to);
      return { facts: { active, standby, others }, measurements: { healthyTargets, actions: asJson(actions) } };
    },
    change(observed, { region, to }) {
      if (observed && isSet(observed.facts, to)) return { changes: [] };
      const { others = {} } = observed?.facts ?? {};
      return { changes: [changeOf(region, observed?.facts, { ...WAYS[to], others: withoutTraffic(others) })] };
    },
    async run(context, { region, to }) {
      const { listener, active, standby } = loadBalancerOf(context.system, region);
      const changes: Change[] = [];
      let before: Partial<Before> = {};
      const { outputs, finding } = await context.waitUntil(async () => {
        const seen = await look(clients, context, region, to);
        if (!isSet(seen, to)) {
          // Noted first: a call whose answer is lost may have been carried out.
          if (changes.length === 0) {
            changes.push(changeOf(region, seen, { ...WAYS[to], others: withoutTraffic(seen.others) }));
            before = { active: seen.active, standby: seen.standby, actions: asJson(seen.actions) };
          }
          context.changed(changes);
          await context.assertLease();
          const wanted = withWeights(seen.actions, { [active]: WAYS[to].active, [standby]: WAYS[to].standby });
          await clients.aws.loadBalancing.setDefaultActions(region, listener, wanted, context.signal);
          return undefined;
        }
        return served(context, region, to, seen);
      });
      return { outputs: { ...outputs, before }, changes, ...(finding && { finding }) };
    },
    undo: {
      title: ({ region }) => `Set the load balancer in ${region} back to what it forwarded to`,
      repeat: 'It sets a named listener to what it did before; a second time sets it to the same.',
      change(observed, { region }, { system }, done) {
        const old = listenerBefore(done, system, region);
        return { changes: observed && isSame(observed.facts, old) ? [] : [changeOf(region, observed?.facts, old)] };
      },
      async run(context, { region, to }, done) {
        const { listener, active, standby } = loadBalancerOf(context.system, region);
        const old = listenerBefore(done, context.system, region);
        const changes: Change[] = [];
        await context.waitUntil(async () => {
          const seen = await look(clients, context, region, to);
          if (isSame(seen, old)) return true;
          if (changes.length === 0) changes.push(changeOf(region, seen, old));
          context.changed(changes);
          await context.assertLease();
          const wanted = old.actions ?? withWeights(seen.actions, { [active]: old.active, [standby]: old.standby });
          await clients.aws.loadBalancing.setDefaultActions(region, listener, wanted, context.signal);
          return undefined;
        });
        return { outputs: { active: old.active, standby: old.standby }, changes };
      },
    },
  });

/** What a listener does with requests. */
interface Listener extends Weights {
  /** By name: weights of groups that are neither, and `redirect` or `fixed-response` (1) where it answers itself. */
  others: Record<string, number>;
}

async function look({ aws }: Clients, { system, signal }: ObserveContext, region: string, to: Way) {
  const balancer = loadBalancerOf(system, region);
  const [actions, health] = await Promise.all([
    aws.loadBalancing.defaultActions(region, balancer.listener, signal),
    aws.loadBalancing.health(region, to === 'service' ? balancer.active : balancer.standby, signal),
  ]);
  return { ...listenerOf(actions, balancer), actions, healthyTargets: health.healthy };
}

function listenerOf(actions: readonly DefaultAction[], { active, standby }: { active: string; standby: string }) {
  const { [active]: service = 0, [standby]: page = 0, ...rest } = weightsOf(actions);
  const others = Object.fromEntries(Object.entries(rest).map(([arn, weight]) => [nameOfGroup(arn), weight]));
  const end = endOf(actions);
  if (end !== '' && end !== 'forward') others[end] = 1;
  return { active: service, standby: page, others } satisfies Listener;
}

/** `chatbot-canary` of `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/chatbot-canary/73e2d6bc24d8a067` */
function nameOfGroup(arn: string): string {
  return arn.split('/')[1] ?? arn;
}

/** Done once a target takes the requests; a standby page without one is told of, for traffic has left the service. */
async function served(context: RunContext, region: string, to: Way, seen: Listener & { healthyTargets: number }) {
  const { active, standby, healthyTargets } = seen;
  const outputs = { active, standby, healthyTargets };
  const where = to === 'service' ? 'the service' : 'the standby page';
  context.progress(`Traffic goes to ${where}, ${healthyTargets} healthy targets`);
  if (healthyTargets > 0) return { outputs };
  if (to === 'service' || context.clock.now() - context.firstAttemptAt < FIRST_CHECKS) return undefined;
  const finding: Finding = {
    sentence: `The load balancer in ${region} sends users to the standby page, which has no healthy target: they get an error (503) instead of the page.`,
  };
  return { outputs, finding };
}

/** Weights are relative: whatever the numbers, all traffic goes there. */
function isSet({ active, standby, others }: Listener, to: Way): boolean {
  if (Object.values(others).some((weight) => weight > 0)) return false;
  return to === 'service' ? active > 0 && standby === 0 : active === 0 && standby > 0;
}

function withoutTraffic(others: Listener['others']): Listener['others'] {
  return Object.fromEntries(Object.keys(others).map((name) => [name, 0]));
}

/** A group that gets nothing is as one that is not named. */
function isSame(one: Listener, other: Listener): boolean {
  const names = Object.keys({ ...one.others, ...other.others });
  const isShared = names.every((name) => (one.others[name] ?? 0) === (other.others[name] ?? 0));
  return one.active === other.active && one.standby === other.standby && isShared;
}

/** Without its actions, weights of 0 and 0 are of a listener that forwarded to neither: weights do not bring that back. */
function listenerBefore(done: Done, system: ObserveContext['system'], region: string) {
  const shape = Before.refine(({ active, standby, actions }) => actions !== undefined || active + standby > 0);
  const before = whatWasBefore(done, shape, {
    subject: `what the load balancer in ${region} forwarded to`,
    seen: ({ active, standby, actions }) => ({ active, standby, ...(actions !== undefined && { actions }) }),
  });
  const actions = before.actions as DefaultAction[] | undefined;
  if (!actions) return { ...before, others: {}, actions };
  return { ...listenerOf(actions, loadBalancerOf(system, region)), actions };
}

/** What the SDK read, without what it left undefined. */
function asJson(actions: readonly DefaultAction[]): NonNullable<Before['actions']> {
  return JSON.parse(JSON.stringify(actions)) as NonNullable<Before['actions']>;
}

function changeOf(region: string, listener: Listener | undefined, wanted: Listener): Change {
  const names = Object.entries({ ...wanted.others, ...listener?.others });
  const shown = names
    .map(([name]) => name)
    .filter((name) => (listener?.others[name] ?? 0) + (wanted.others[name] ?? 0) > 0);
  const show = ({ active, standby, others }: Listener) =>
    [`service ${active}`, `standby page ${standby}`, ...shown.map((name) => `${name} ${others[name] ?? 0}`)].join(', ');
  return {
    what: `Load balancer in ${region}`,
    before: listener ? show(listener) : 'not reachable now',
    after: show(wanted),
  };
}
