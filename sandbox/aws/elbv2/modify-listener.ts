import { z } from 'zod';
import type { World } from '../../world/world.ts';
import { AwsError } from '../errors.ts';
import { integer, list } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import { checkArn, loadBalancersOf, notFound } from './find.ts';
import { Action, readForward } from './forward.ts';
import { renderListener } from './listener.ts';
import type { LoadBalancerState } from './state.ts';
import { effectiveWeights } from './weights.ts';

/** Until traffic follows a changed listener, in world seconds. */
const EFFECT_SECONDS = [5, 15] as const;

export const modifyListener = defineOperation({
  name: 'ModifyListener',
  mutating: true,
  input: z.object({
    ListenerArn: z.string(),
    Port: integer.optional(),
    Protocol: z.string().optional(),
    DefaultActions: list('member', Action).optional(),
  }),
  resource: ({ ListenerArn }) => ListenerArn,
  answer({ ListenerArn, Port, Protocol, DefaultActions }, { world, region }) {
    checkArn(ListenerArn, 'listener/app', region);
    const loadBalancer = loadBalancersOf(world.state, region).find((one) => one.listenerArn === ListenerArn);
    if (!loadBalancer) throw notFound.listener();
    if ((Port !== undefined && Port !== loadBalancer.port) || (Protocol !== undefined && Protocol !== 'HTTPS')) {
      throw new AwsError(
        'InvalidConfigurationRequest',
        'The port and protocol of a simulated listener cannot be changed',
      );
    }
    if (DefaultActions) {
      const weights = readForward(DefaultActions);
      for (const arn of Object.keys(weights)) {
        checkArn(arn, 'targetgroup', region);
        if (!loadBalancer.targetGroups[arn]) throw notFound.targetGroup();
      }
      shift(world, region, loadBalancer, weights);
    }
    return { Listeners: { member: renderListener(loadBalancer) } };
  },
});

function shift(world: World, region: string, loadBalancer: LoadBalancerState, weights: Record<string, number>): void {
  if (same(loadBalancer.weights, weights)) return;
  const now = world.clock.now();
  const resource = loadBalancer.listenerArn;
  const delay = world.latency(EFFECT_SECONDS, 'elbv2.listener-change', `${region}/${resource}`);
  loadBalancer.previousWeights = { ...effectiveWeights(loadBalancer, now) };
  loadBalancer.weights = weights;
  loadBalancer.effectiveAt = now + delay;
  world.recordTransition({ service: 'elbv2', region, kind: 'listener-change', resource, from: now, to: now + delay });
}

function same(a: Record<string, number>, b: Record<string, number>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
