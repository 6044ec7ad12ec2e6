import type { AutoscalerState, ClusterState, DeploymentState } from '../../world/state.ts';
import { nextVersion } from '../resource.ts';
import { involved, recordEvent } from './events.ts';

/** World milliseconds that a lower recommendation must last before it is followed (the API's default of 300 s). */
export const DOWNSCALE_STABILIZATION = 300_000;

/**
 * How many replicas the autoscaler wants: between its bounds always; without users' traffic the processors idle, and
 * it goes down to its minimum. Zero replicas switch it off, as in the real controller.
 */
export function recommendation(autoscaler: AutoscalerState, replicas: number, serving: boolean): number {
  if (replicas === 0) return 0;
  const { minReplicas, maxReplicas } = autoscaler;
  return Math.min(maxReplicas, Math.max(minReplicas, serving ? replicas : minReplicas));
}

/**
 * One pass over a cluster's autoscalers. `idleSince` remembers (region/name → world time) since when each wanted
 * fewer replicas; `onScale` is told of each deployment that was changed, and what it had. Returns true when there was one.
 */
export function autoscale(
  cluster: ClusterState,
  now: number,
  serving: boolean,
  idleSince: Map<string, number>,
  onScale?: (deployment: DeploymentState, from: number) => void,
): boolean {
  let changed = false;
  for (const autoscaler of Object.values(cluster.autoscalers)) {
    const deployment = cluster.deployments[autoscaler.target];
    if (!deployment) continue;
    const key = `${cluster.region}/${autoscaler.name}`;
    const wanted = recommendation(autoscaler, deployment.replicas, serving);
    if (wanted >= deployment.replicas) idleSince.delete(key);
    if (wanted === deployment.replicas) continue;
    if (wanted < deployment.replicas && deployment.replicas <= autoscaler.maxReplicas) {
      const since = idleSince.get(key) ?? now;
      idleSince.set(key, since);
      if (now - since < DOWNSCALE_STABILIZATION) continue;
      idleSince.delete(key);
    }
    const from = deployment.replicas;
    recordRescale(cluster, now, autoscaler, from, wanted);
    setReplicas(cluster, deployment, wanted);
    onScale?.(deployment, from);
    autoscaler.resourceVersion = nextVersion(cluster);
    changed = true;
  }
  return changed;
}

function recordRescale(
  cluster: ClusterState,
  now: number,
  autoscaler: AutoscalerState,
  from: number,
  to: number,
): void {
  const { minReplicas, maxReplicas } = autoscaler;
  const reason =
    from < minReplicas
      ? 'Current number of replicas below Spec.MinReplicas'
      : from > maxReplicas
        ? 'Current number of replicas above Spec.MaxReplicas'
        : 'All metrics below target';
  recordEvent(cluster, now, {
    involved: involved('HorizontalPodAutoscaler', autoscaler),
    component: 'horizontal-pod-autoscaler',
    reason: 'SuccessfulRescale',
    message: `New size: ${to}; reason: ${reason}`,
  });
}

function setReplicas(cluster: ClusterState, deployment: DeploymentState, replicas: number): void {
  deployment.replicas = replicas;
  deployment.generation += 1;
  deployment.resourceVersion = nextVersion(cluster);
}
