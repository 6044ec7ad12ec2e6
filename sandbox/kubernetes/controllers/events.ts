import { uid } from '../names.ts';
import { firstContainer } from '../pod-template.ts';
import { nextVersion } from '../resource.ts';
import type { ClusterEvent, ClusterState, PodState } from '../state.ts';

/** As many events are kept of a cluster. */
const MOST = 500;
/** World milliseconds for which an event is kept, as the API server keeps it. */
const LIFETIME = 3_600_000;

export type Occurrence = Omit<ClusterEvent, 'name' | 'resourceVersion' | 'firstAt' | 'lastAt' | 'count' | 'type'> & {
  type?: ClusterEvent['type'];
};

/** Notes what a controller did; the same about the same object is counted, not repeated. `now` is world time. */
export function recordEvent(cluster: ClusterState, now: number, occurrence: Occurrence): void {
  const { type = 'Normal', ...rest } = occurrence;
  cluster.events ??= [];
  const known = cluster.events.find(
    ({ involved, reason, message }) =>
      involved.uid === rest.involved.uid && reason === rest.reason && message === rest.message,
  );
  const resourceVersion = nextVersion(cluster);
  if (known) {
    known.count += 1;
    known.lastAt = now;
    known.resourceVersion = resourceVersion;
    return;
  }
  const suffix = uid(cluster.region, 'event', resourceVersion).replaceAll('-', '').slice(0, 16);
  const name = `${rest.involved.name}.${suffix}`;
  cluster.events.push({ ...rest, name, type, resourceVersion, firstAt: now, lastAt: now, count: 1 });
  if (cluster.events.length > MOST) cluster.events.splice(0, cluster.events.length - MOST);
}

/** Forgets the events whose time is over. */
export function expireEvents(cluster: ClusterState, now: number): void {
  const left = cluster.events?.filter(({ lastAt }) => now - lastAt < LIFETIME);
  if (!left || left.length === cluster.events?.length) return;
  cluster.events = left;
  cluster.revision += 1;
}

/** Reference to an object, as an event carries it. */
export function involved(
  kind: string,
  { namespace, name, uid: own }: { namespace: string; name: string; uid: string },
): ClusterEvent['involved'] {
  return { kind, namespace, name, uid: own };
}

/** Reference to the ReplicaSet of this name. */
export function involvedReplicaSet(region: string, namespace: string, name: string): ClusterEvent['involved'] {
  return { kind: 'ReplicaSet', namespace, name, uid: uid(region, 'replicaset', name) };
}

/** What the kubelet says of a pod's first container. */
export function ofContainer(
  pod: PodState,
  reason: string,
  message: string,
  type: ClusterEvent['type'] = 'Normal',
): Occurrence {
  return {
    involved: { ...involved('Pod', pod), fieldPath: `spec.containers{${firstContainer(pod).name}}` },
    component: 'kubelet',
    ...(pod.node ? { host: pod.node } : {}),
    type,
    reason,
    message,
  };
}
