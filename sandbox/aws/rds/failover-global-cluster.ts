import { z } from 'zod';
import type { World } from '../../world/world.ts';
import { AwsError } from '../errors.ts';
import { boolean } from '../query/decode.ts';
import { defineOperation } from '../query/operation.ts';
import type { Xml } from '../xml.ts';
import { clusterByArn, findGlobalCluster, readClusterArn, renderGlobalCluster } from './cluster.ts';
import { beginGlobalFailover } from './global-failover.ts';

const Target = { GlobalClusterIdentifier: z.string(), TargetDbClusterIdentifier: z.string() };

/** A planned change of the primary, in which nothing is lost. */
export const switchoverGlobalCluster = defineOperation({
  name: 'SwitchoverGlobalCluster',
  mutating: true,
  input: z.object(Target),
  resource: ({ GlobalClusterIdentifier }) => GlobalClusterIdentifier,
  answer: ({ GlobalClusterIdentifier, TargetDbClusterIdentifier }, { world }) =>
    move(world, GlobalClusterIdentifier, TargetDbClusterIdentifier, false),
});

/** With AllowDataLoss a change without the old primary; otherwise the same as SwitchoverGlobalCluster. */
export const failoverGlobalCluster = defineOperation({
  name: 'FailoverGlobalCluster',
  mutating: true,
  input: z.object({ ...Target, AllowDataLoss: boolean.optional(), Switchover: boolean.optional() }),
  resource: ({ GlobalClusterIdentifier }) => GlobalClusterIdentifier,
  answer(input, { world }) {
    const { AllowDataLoss = false, Switchover = false } = input;
    if (AllowDataLoss && Switchover) {
      const sentence = 'The parameters AllowDataLoss and Switchover cannot be specified together.';
      throw new AwsError('InvalidParameterCombination', sentence);
    }
    return move(world, input.GlobalClusterIdentifier, input.TargetDbClusterIdentifier, AllowDataLoss);
  },
});

function move(world: World, name: string, target: string, allowDataLoss: boolean): { readonly [name: string]: Xml } {
  const { state } = world;
  const global = findGlobalCluster(state, name);
  if (!readClusterArn(target)) {
    const sentence = `TargetDbClusterIdentifier must be the ARN of a secondary DB cluster: ${target}`;
    throw new AwsError('InvalidParameterValue', sentence);
  }
  const to = clusterByArn(state, target);
  if (!to || to.globalCluster !== global.identifier) {
    throw new AwsError('DBClusterNotFoundFault', `DBCluster ${target} not found.`, 404);
  }
  if (global.status !== 'available') {
    const sentence = `Global cluster ${global.identifier} is not in available state. Its state is ${global.status}.`;
    throw new AwsError('InvalidGlobalClusterStateFault', sentence);
  }
  const from = clusterByArn(state, global.primary);
  if (!from || global.primary === target) {
    const sentence = `DB cluster ${to.identifier} is already the primary cluster of ${global.identifier}.`;
    throw new AwsError('InvalidDBClusterStateFault', sentence);
  }
  const needed = allowDataLoss ? [to] : [to, from];
  const unfit = needed.find(
    ({ status, region, writer }) =>
      status !== 'available' || world.regionCondition(region) !== 'up' || state.rds[region]?.[writer]?.lost,
  );
  if (unfit) {
    const sentence = `DB cluster ${unfit.identifier} is not healthy. Its state is ${unfit.status}.`;
    throw new AwsError('InvalidDBClusterStateFault', sentence);
  }
  beginGlobalFailover(world, global, { from, to, allowDataLoss });
  return { GlobalCluster: renderGlobalCluster(state, global) };
}
