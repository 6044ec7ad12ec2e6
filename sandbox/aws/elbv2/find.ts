import type { WorldState } from '../../world/state.ts';
import { readElbArn } from '../arn.ts';
import { AwsError } from '../errors.ts';
import type { LoadBalancerState } from './state.ts';

/** What the region's endpoint knows: one load balancer with one listener, or nothing. */
export function loadBalancersOf(state: WorldState, region: string): LoadBalancerState[] {
  const loadBalancer = state.elbv2[region];
  return loadBalancer ? [loadBalancer] : [];
}

/** Refuses an ARN of another kind or region, in the service's words. */
export function checkArn(arn: string, kind: 'loadbalancer/app' | 'listener/app' | 'targetgroup', region: string): void {
  const read = readElbArn(arn);
  if (read?.kind === kind && read.region === region) return;
  const name = { 'loadbalancer/app': 'load balancer', 'listener/app': 'listener', targetgroup: 'target group' }[kind];
  throw new AwsError('ValidationError', `'${arn}' is not a valid ${name} ARN`);
}

export const notFound = {
  loadBalancer: () => new AwsError('LoadBalancerNotFound', 'One or more load balancers not found'),
  listener: () => new AwsError('ListenerNotFound', 'One or more listeners not found'),
  targetGroup: () => new AwsError('TargetGroupNotFound', 'One or more target groups not found'),
};

export const invalidMarker = () => new AwsError('ValidationError', 'The pagination marker is not valid');

/** `PageSize` as the model allows it: 1 to 400. */
export function checkPageSize(size: number): void {
  if (size >= 1 && size <= 400) return;
  const limit = size < 1 ? 'greater than or equal to 1' : 'less than or equal to 400';
  const sentence = `1 validation error detected: Value '${size}' at 'pageSize' failed to satisfy constraint: Member must have value ${limit}`;
  throw new AwsError('ValidationError', sentence);
}
