import type { ClusterState, DeploymentState, PodState } from './state.ts';

/** `readyAt` of a pod that no node has room for. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** World seconds without progress after which a rollout is called stuck; the API's default. */
export const PROGRESS_DEADLINE_SECONDS = 600;

/** When a placed pod's image is pulled and its container runs: half of its start; its probe succeeds at `readyAt`. */
export const startedAt = ({ scheduledAt, readyAt, startedAt: again }: PodState) =>
  again ?? Math.round(scheduledAt + (readyAt - scheduledAt) / 2);

/** Whether a pod serves requests now: its container runs and answers, on a node that does. */
export const isReady = ({ deletedAt, lostAt, finished, waiting, readyAt }: PodState, now: number) =>
  deletedAt === undefined && lostAt === undefined && finished === undefined && waiting === undefined && readyAt <= now;

/** Pods of a deployment that are not being deleted. */
export function livePods(cluster: ClusterState, deployment: string): PodState[] {
  return Object.values(cluster.pods).filter((pod) => pod.deployment === deployment && pod.deletedAt === undefined);
}

/** Pods of a deployment that serve requests now; `now` is world time. */
export function readyPods(cluster: ClusterState, deployment: string, now: number): PodState[] {
  return livePods(cluster, deployment).filter((pod) => isReady(pod, now));
}

export interface RolloutStatus {
  replicas: number;
  updated: number;
  ready: number;
  /** Every wanted pod is of the current template and ready, and no other is left. */
  complete: boolean;
}

export function rolloutStatus(cluster: ClusterState, deployment: DeploymentState, now: number): RolloutStatus {
  const pods = livePods(cluster, deployment.name);
  const updated = pods.filter((pod) => pod.templateRevision === deployment.templateRevision).length;
  const ready = pods.filter((pod) => isReady(pod, now)).length;
  const wanted = deployment.replicas;
  return {
    replicas: pods.length,
    updated,
    ready,
    complete: pods.length === wanted && updated === wanted && ready === wanted,
  };
}

/** `maxSurge` and `maxUnavailable` of 25 %, rounded as the deployment controller rounds them. */
export function rolloutLimits(replicas: number): { surge: number; unavailable: number } {
  return { surge: Math.ceil(replicas * 0.25), unavailable: Math.floor(replicas * 0.25) };
}

/**
 * The next move of a rolling update or a scaling, after the rules of the deployment controller: how many pods of the
 * current template to create, and which pods to delete. Pure; called again after each change.
 */
export function nextMove(
  cluster: ClusterState,
  deployment: DeploymentState,
  now: number,
): { create: number; remove: PodState[] } {
  const pods = livePods(cluster, deployment.name);
  const wanted = deployment.replicas;
  const isNew = (pod: PodState) => pod.templateRevision === deployment.templateRevision;
  const [newer, older] = [pods.filter(isNew), pods.filter((pod) => !isNew(pod))];

  // Unready pods go first, then the youngest: those cost the least.
  const expendable = (a: PodState, b: PodState) =>
    Number(isReady(a, now)) - Number(isReady(b, now)) || b.createdAt - a.createdAt;
  if (newer.length > wanted) return { create: 0, remove: [...newer].sort(expendable).slice(0, newer.length - wanted) };

  if (older.length === 0) return { create: wanted - newer.length, remove: [] };

  const { surge, unavailable } = rolloutLimits(wanted);
  const create = Math.max(0, Math.min(wanted - newer.length, wanted + surge - pods.length));
  const leastReady = wanted - unavailable;
  const unreadyNew = newer.filter((pod) => !isReady(pod, now)).length;
  const mayGo = Math.max(0, pods.length - leastReady - unreadyNew);
  const unreadyOld = older.filter((pod) => !isReady(pod, now)).slice(0, mayGo);
  const ready = pods.filter((pod) => isReady(pod, now)).length;
  const readyMayGo = Math.max(0, Math.min(ready - leastReady, mayGo - unreadyOld.length));
  const readyOld = older.filter((pod) => isReady(pod, now)).slice(0, readyMayGo);
  return { create, remove: [...unreadyOld, ...readyOld] };
}
