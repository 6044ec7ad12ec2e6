import { livePods, readyPods } from './rollout.ts';
import type { ClusterState } from './state.ts';

/** Percent of the requested processors that a pod uses at most: its node has no more for it. */
const MOST_BUSY = 200;
/** Percent at which the pods of a healthy, serving region run; what autoscalers aim at, too. */
export const USUAL_LOAD = 70;

/** How many pods users keep busy, of a deployment that `replicas` serve at their usual load. */
export const demandOf = (replicas: number): number => (replicas * USUAL_LOAD) / 100;

/**
 * Mean percent of the requested processors that a deployment's pods use. As the autoscaler reckons it, a pod that is not
 * ready uses none. A cluster that does not know its demand runs at the usual load.
 */
export function utilization(cluster: ClusterState, deployment: string, now: number, serving: boolean): number {
  if (!serving) return 0;
  const demand = cluster.demand?.[deployment];
  if (demand === undefined) return USUAL_LOAD;
  const live = livePods(cluster, deployment).length;
  if (live === 0) return 0;
  return Math.min((demand * 100) / live, (readyPods(cluster, deployment, now).length * MOST_BUSY) / live);
}

/** Pods that should serve and do not: their containers fail, they have no place, or their node is lost. */
function troubledPods(cluster: ClusterState, deployment: string, now: number): number {
  return livePods(cluster, deployment).filter(
    (pod) =>
      pod.lostAt !== undefined ||
      (pod.trouble !== undefined && (pod.waiting !== undefined || pod.readyAt > now)) ||
      (pod.node === undefined && now - pod.createdAt > 1000),
  ).length;
}

/**
 * Share of users' requests (0 to 1) that the ready pods of a deployment are too few for. Pods that only start are no
 * trouble: a region is scaled before users are sent there.
 */
export function refusedShare(cluster: ClusterState, deployment: string, now: number): number {
  const demand = cluster.demand?.[deployment];
  if (demand === undefined || troubledPods(cluster, deployment, now) === 0) return 0;
  return Math.max(0, 1 - readyPods(cluster, deployment, now).length / demand);
}
