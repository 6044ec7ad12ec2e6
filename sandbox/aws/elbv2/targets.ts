import { createHash } from 'node:crypto';
import { isReady } from '../../kubernetes/rollout.ts';
import { isBehind } from '../../kubernetes/serving.ts';
import type { PodState } from '../../kubernetes/state.ts';
import type { WorldState } from '../../world/state.ts';
import type { LoadBalancerState, TargetGroupState } from './state.ts';

export interface Target {
  /** Private IPv4 address. */
  id: string;
  port: number;
  state: 'initial' | 'healthy' | 'draining' | 'unused';
}

/** Port that pods and the standby page listen on. */
export const TARGET_PORT = 8080;
/** World milliseconds for which a deleted pod is still shown as draining. */
const DRAINING = 30_000;

/**
 * The targets of a group at world time `now`: pods of its region for the group that serves users, the standby page's
 * one server for the other. A group that no listener forwards to is unused.
 */
export function targetsOf(
  state: WorldState,
  region: string,
  loadBalancer: LoadBalancerState,
  group: TargetGroupState,
  now: number,
): Target[] {
  const used = loadBalancer.weights[group.arn] !== undefined;
  if (group.kind === 'standby') return [{ id: '10.0.255.10', port: TARGET_PORT, state: used ? 'healthy' : 'unused' }];
  const cluster = state.kubernetes[region];
  return Object.values(cluster?.pods ?? {})
    .filter((pod) => group.deployment === undefined || (cluster && isBehind(cluster, group.deployment, pod)))
    .filter((pod) => pod.node !== undefined && (pod.deletedAt === undefined || now < pod.deletedAt + DRAINING))
    .map((pod) => ({ id: podAddress(pod), port: TARGET_PORT, state: used ? stateOf(pod, now) : 'unused' }));
}

/** A pod's private IPv4 address: stays the same for its life. */
export function podAddress(pod: PodState): string {
  const [a = 0, b = 0, c = 0] = createHash('sha256').update(pod.uid).digest();
  return `10.${a}.${b}.${1 + (c % 254)}`;
}

function stateOf(pod: PodState, now: number): Target['state'] {
  if (pod.deletedAt !== undefined) return 'draining';
  return isReady(pod, now) ? 'healthy' : 'initial';
}
