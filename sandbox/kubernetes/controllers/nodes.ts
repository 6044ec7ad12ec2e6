import type { World } from '../../world/world.ts';
import { uid } from '../names.ts';
import { nextVersion } from '../resource.ts';
import { NEVER } from '../rollout.ts';
import type { ClusterState, NodeState } from '../state.ts';
import { nodesIn } from '../zones.ts';
import { becomeReady, scheduleEnd } from './containers.ts';
import { recordEvent } from './events.ts';
import { type PodsContext, terminatePod } from './pods.ts';

/** World milliseconds of silence after which a node is called not ready (the controller manager's grace period). */
const GRACE = 50_000;
/** World milliseconds for which pods tolerate an unreachable node before they are evicted; the API's default. */
const TOLERATION = 300_000;

/** Every node of the zone falls silent with what runs on it; its pods are moved when the cluster has given it up. */
export function loseZone(world: World, cluster: ClusterState, zone: string): void {
  const now = world.clock.now();
  for (const node of nodesIn(cluster, zone)) {
    if (node.downSince !== undefined) continue;
    node.downSince = now;
    const place = { region: cluster.region, node: node.name, since: now };
    world.schedule(GRACE, 'kubernetes.node-silent', place);
    world.schedule(GRACE + TOLERATION, 'kubernetes.node-evicts', place);
    for (const pod of podsOn(cluster, node)) {
      pod.lostAt = now;
      touchPod(cluster, pod);
    }
  }
}

/** The nodes of the zone work again, and start the containers that are still theirs. */
export function regainZone(world: World, cluster: ClusterState, zone: string): void {
  const now = world.clock.now();
  for (const node of nodesIn(cluster, zone)) {
    if (node.downSince === undefined) continue;
    const wasNotReady = node.isNotReady;
    delete node.downSince;
    delete node.isNotReady;
    cluster.revision += 1;
    if (wasNotReady)
      recordNode(cluster, now, node, 'NodeReady', `Node ${node.name} status is now: NodeReady`, 'Normal');
    for (const pod of Object.values(cluster.pods)) {
      if (pod.node === node.name && pod.deletedAt !== undefined && pod.lostAt !== undefined) {
        world.schedule(1000, 'kubernetes.pod-gone', { region: cluster.region, pod: pod.name });
      }
    }
    for (const pod of podsOn(cluster, node)) {
      if (pod.lostAt === undefined) continue;
      delete pod.lostAt;
      pod.restarts = (pod.restarts ?? 0) + 1;
      pod.startedAt = now;
      delete pod.waiting;
      if (pod.trouble === undefined || pod.trouble === 'out-of-memory') becomeReady(world, cluster, pod);
      else pod.readyAt = NEVER;
      scheduleEnd(world, cluster, pod);
      touchPod(cluster, pod);
    }
  }
}

/** The cluster notices that a node is silent. */
export function silence(world: World, cluster: ClusterState, name: string, since: number): void {
  const node = cluster.nodes.find((other) => other.name === name);
  if (node?.downSince !== since) return;
  node.isNotReady = true;
  cluster.revision += 1;
  recordNode(cluster, world.clock.now(), node, 'NodeNotReady', `Node ${name} status is now: NodeNotReady`, 'Warning');
}

/** The pods of a node that stays silent are deleted, so that their deployments start others elsewhere. */
export function evictFrom(context: PodsContext, name: string, since: number): void {
  const { cluster, world } = context;
  const node = cluster.nodes.find((other) => other.name === name);
  if (node?.downSince !== since) return;
  for (const pod of podsOn(cluster, node)) {
    recordEvent(cluster, world.clock.now(), {
      involved: { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid },
      component: 'taint-eviction-controller',
      reason: 'TaintManagerEviction',
      message: `Marking for deletion Pod ${pod.namespace}/${pod.name}`,
    });
    terminatePod(context, pod);
  }
}

const podsOn = (cluster: ClusterState, { name }: NodeState) =>
  Object.values(cluster.pods).filter(
    (pod) => pod.node === name && pod.deletedAt === undefined && pod.finished === undefined,
  );

function touchPod(cluster: ClusterState, pod: { resourceVersion: string; deployment: string }): void {
  pod.resourceVersion = nextVersion(cluster);
  const deployment = cluster.deployments[pod.deployment];
  if (deployment) deployment.resourceVersion = nextVersion(cluster);
}

function recordNode(
  cluster: ClusterState,
  now: number,
  { name }: NodeState,
  reason: string,
  message: string,
  type: 'Normal' | 'Warning',
): void {
  const involved = { kind: 'Node', namespace: 'default', name, uid: uid(cluster.region, 'node', name) };
  recordEvent(cluster, now, { involved, component: 'node-controller', reason, message, type });
}
