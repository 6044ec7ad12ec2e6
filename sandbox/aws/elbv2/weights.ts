import type { LoadBalancerState } from './state.ts';

/**
 * The forward weights that traffic follows at world time `now`, by target group ARN; an absent group gets nothing.
 * A changed listener takes some seconds to take effect, until then traffic follows the weights before.
 */
export function effectiveWeights(loadBalancer: LoadBalancerState, now: number): Record<string, number> {
  return now >= loadBalancer.effectiveAt ? loadBalancer.weights : loadBalancer.previousWeights;
}
