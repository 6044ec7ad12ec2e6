import { InvalidInput } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';

/** The system's load balancer in a region. Throws InvalidInput where system.yaml names none. */
export function loadBalancerOf(system: System, region: string): System['loadBalancers'][string] {
  const found = system.loadBalancers[region];
  if (found) return found;
  throw new InvalidInput('elbv2.no-load-balancer', `system.yaml names no load balancer in ${region}.`);
}
