import { USUAL_LOAD, utilization } from '../load.ts';
import { nextVersion } from '../resource.ts';
import { livePods } from '../rollout.ts';
import type { AutoscalerState, ClusterState, DeploymentState } from '../state.ts';
import { involved, recordEvent } from './events.ts';

/** World milliseconds that a lower recommendation must last before it is followed (the API's default of 300 s). */
export const DOWNSCALE_STABILIZATION = 300_000;

/** A ratio of measured to wanted within this of 1 changes nothing; the controller manager's default. */
const TOLERANCE = 0.1;
/** What a product of fractions may be too large by. */
const ROUNDING = 1e-6;

/**
 * How many replicas the autoscaler wants: between its bounds always, and so many that the mean load is the wanted one.
 * At most twice as many, or four more, at a time. Zero replicas switch it off, as in the real controller.
 */
function recommendation(
  autoscaler: AutoscalerState,
  replicas: number,
  { percent, pods }: { percent: number; pods: number },
): number {
  if (replicas === 0) return 0;
  const { minReplicas, maxReplicas } = autoscaler;
  const ratio = percent / USUAL_LOAD;
  const wanted = Math.abs(ratio - 1) <= TOLERANCE ? replicas : Math.ceil(pods * ratio - ROUNDING);
  const limited = Math.min(wanted, Math.max(replicas * 2, replicas + 4));
  return Math.min(maxReplicas, Math.max(minReplicas, limited));
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
    const percent = utilization(cluster, deployment.name, now, serving);
    const pods = livePods(cluster, deployment.name).length;
    const wanted = recommendation(autoscaler, deployment.replicas, { percent, pods });
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
        : to > from
          ? 'cpu resource utilization (percentage of request) above target'
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
