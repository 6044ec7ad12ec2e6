import type { World } from '../world/world.ts';
import { elbv2 } from './elbv2/index.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { queryProtocol } from './query/protocol.ts';
import { rds } from './rds/index.ts';
import { handlePromotions, type PromotionHooks } from './rds/promotion.ts';
import { route53Protocol } from './route53/protocol.ts';
import { sts } from './sts/index.ts';

export { SANDBOX_CREDENTIALS } from './credentials.ts';
export { effectiveWeights } from './elbv2/weights.ts';
export type { PromotionHooks } from './rds/promotion.ts';
export { effectiveRecord } from './route53/record.ts';

export const regionalServices = [rds, elbv2, sts] as const;

export interface AwsEndpoints {
  /** One endpoint URL per region, for RDS, ELBv2 and STS. */
  regions: Record<string, string>;
  /** Route 53's control plane; its clients sign for us-east-1. */
  route53: string;
  close(): Promise<void>;
}

/**
 * Serves the simulated account over HTTP on free loopback ports. Registers what the world needs to finish promotions
 * that a saved world had begun, so it must be called before `world.start()`.
 */
export async function startAwsEndpoints(world: World, hooks: PromotionHooks): Promise<AwsEndpoints> {
  handlePromotions(world, hooks);
  const names = [...new Set([...Object.keys(world.state.rds), ...Object.keys(world.state.elbv2)])].sort();
  const regions = await Promise.all(
    names.map(async (region) => {
      const condition = () => world.regionCondition(region);
      return [region, await startEndpoint(condition, queryProtocol(world, region, regionalServices))] as const;
    }),
  );
  const route53 = await startEndpoint(() => controlPlaneCondition(world), route53Protocol(world));

  const endpoints: Endpoint[] = [...regions.map(([, endpoint]) => endpoint), route53];
  const onFault = () => {
    for (const endpoint of endpoints) endpoint.applyCondition();
  };
  world.on('fault', onFault);
  return {
    regions: Object.fromEntries(regions.map(([region, endpoint]) => [region, endpoint.url])),
    route53: route53.url,
    async close() {
      world.off('fault', onFault);
      await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    },
  };
}

/** Route 53's control plane fails by itself, whatever happens to the region it lives in; name servers go on. */
function controlPlaneCondition(world: World): 'up' | 'hang' {
  return world.state.faults.some(({ name }) => name === 'route53-control-plane-down') ? 'hang' : 'up';
}
