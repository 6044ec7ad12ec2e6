import { latency } from '../../world/random.ts';
import type { ClusterState, DeploymentState, PodState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { podName, uid } from '../names.ts';
import { nextVersion } from '../resource.ts';
import { NEVER, startedAt } from '../rollout.ts';
import { replicaSetName } from '../templates.ts';
import { involved, involvedReplicaSet, type Occurrence, recordEvent } from './events.ts';

/** World seconds from a pod's place on a node until it is ready. */
const STARTUP = [15, 45] as const;
/** World seconds from the deletion of a pod until its containers have stopped. */
const SHUTDOWN = [2, 8] as const;

interface PodsContext {
  world: World;
  cluster: ClusterState;
  /** Name of the secret that the containers take their environment from. */
  secret: string;
}

/** Creates a pod of the deployment's current template, still without a node. */
export function createPod({ world, cluster }: PodsContext, deployment: DeploymentState): PodState {
  const key = `pod created ${cluster.region}/${deployment.name}`;
  const ordinal = (world.state.ordinals[key] ?? 0) + 1;
  world.state.ordinals[key] = ordinal;
  const name = podName(cluster.region, deployment, 1000 + ordinal);
  const now = world.clock.now();
  const pod: PodState = {
    namespace: deployment.namespace,
    name,
    uid: uid(cluster.region, 'pod', name),
    resourceVersion: nextVersion(cluster),
    createdAt: now,
    deployment: deployment.name,
    templateRevision: deployment.templateRevision,
    node: undefined,
    scheduledAt: NEVER,
    readyAt: NEVER,
    environment: {},
  };
  cluster.pods[name] = pod;
  recordEvent(cluster, now, ofReplicaSet(cluster, pod, 'SuccessfulCreate', `Created pod: ${name}`));
  return pod;
}

/**
 * Places every waiting pod that a node has room for; it reads the secret as it is at that moment and becomes ready
 * 15 to 45 world seconds later. The others stay Pending.
 */
export function placePods({ world, cluster, secret }: PodsContext): void {
  for (const pod of Object.values(cluster.pods)) {
    if (pod.node !== undefined || pod.deletedAt !== undefined) continue;
    const node = roomiestNode(cluster, pod);
    const now = world.clock.now();
    if (!node) {
      recordUnschedulable(cluster, now, pod);
      continue;
    }
    // A pod's start is a function of its own name: one rollout more elsewhere changes nothing here.
    const startup = latency(STARTUP, world.state.seed, 'pod ready', pod.name);
    pod.node = node;
    pod.scheduledAt = now;
    pod.readyAt = now + startup;
    pod.environment = { ...cluster.secrets[secret]?.data };
    pod.resourceVersion = nextVersion(cluster);
    world.scheduleAt(startedAt(pod), 'kubernetes.pod-started', { region: cluster.region, pod: pod.name });
    world.schedule(startup, 'kubernetes.pod-ready', { region: cluster.region, pod: pod.name });
    recordEvent(cluster, now, {
      involved: involved('Pod', pod),
      component: 'default-scheduler',
      reason: 'Scheduled',
      message: `Successfully assigned ${pod.namespace}/${pod.name} to ${node}`,
    });
    recordEvent(cluster, now, ofContainer(pod, 'Pulling', `Pulling image "${imageOf(pod)}"`));
    world.recordTransition({
      service: 'kubernetes',
      region: cluster.region,
      kind: 'pod-ready',
      resource: pod.name,
      from: now,
      to: pod.readyAt,
    });
  }
}

/** The image is there and the container runs; its readiness probe succeeds later. */
export function startPod({ world, cluster }: PodsContext, pod: PodState): void {
  const now = world.clock.now();
  const seconds = ((startedAt(pod) - pod.scheduledAt) / 1000).toFixed(3);
  pod.resourceVersion = nextVersion(cluster);
  recordEvent(cluster, now, ofContainer(pod, 'Pulled', `Successfully pulled image "${imageOf(pod)}" in ${seconds}s`));
  recordEvent(cluster, now, ofContainer(pod, 'Created', `Created container: ${pod.deployment}`));
  recordEvent(cluster, now, ofContainer(pod, 'Started', `Started container ${pod.deployment}`));
}

/** Marks a pod as terminating; it is out of service at once and gone a few world seconds later. */
export function terminatePod({ world, cluster }: PodsContext, pod: PodState): void {
  if (pod.deletedAt !== undefined) return;
  const now = world.clock.now();
  pod.deletedAt = now;
  pod.resourceVersion = nextVersion(cluster);
  if (pod.node) {
    recordEvent(cluster, now, ofContainer(pod, 'Killing', `Stopping container ${pod.deployment}`));
  }
  const shutdown = pod.node ? latency(SHUTDOWN, world.state.seed, 'pod gone', pod.name) : 0;
  world.schedule(shutdown, 'kubernetes.pod-gone', { region: cluster.region, pod: pod.name });
}

/** Processor and memory that the cluster's nodes still have: millicores and mebibytes, by node. */
export function freeCapacity(cluster: ClusterState): { node: string; millicores: number; memoryMebibytes: number }[] {
  return cluster.nodes.map((node) => {
    let [millicores, memoryMebibytes] = [node.allocatableMillicores, node.allocatableMemoryMebibytes];
    for (const pod of Object.values(cluster.pods)) {
      const deployment = cluster.deployments[pod.deployment];
      if (pod.node !== node.name || !deployment) continue;
      millicores -= deployment.podMillicores;
      memoryMebibytes -= deployment.podMemoryMebibytes;
    }
    return { node: node.name, millicores, memoryMebibytes };
  });
}

const imageOf = ({ deployment }: PodState) => `registry.example.com/${deployment}:1.0.0`;

/** What the kubelet says of the pod's one container. */
function ofContainer(pod: PodState, reason: string, message: string): Occurrence {
  return {
    involved: { ...involved('Pod', pod), fieldPath: `spec.containers{${pod.deployment}}` },
    component: 'kubelet',
    ...(pod.node ? { host: pod.node } : {}),
    reason,
    message,
  };
}

/** What the ReplicaSet controller says of a pod of its own. */
export function ofReplicaSet(cluster: ClusterState, pod: PodState, reason: string, message: string): Occurrence {
  const name = replicaSetName(cluster.region, pod.deployment, pod.templateRevision);
  return {
    involved: involvedReplicaSet(cluster.region, pod.namespace, name),
    component: 'replicaset-controller',
    reason,
    message,
  };
}

function recordUnschedulable(cluster: ClusterState, now: number, pod: PodState): void {
  const nodes = cluster.nodes.length;
  // The scheduler tries again each time that something changes; what it says then is the same.
  if (cluster.events?.some(({ involved: { uid: of }, reason }) => of === pod.uid && reason === 'FailedScheduling')) {
    return;
  }
  recordEvent(cluster, now, {
    involved: involved('Pod', pod),
    type: 'Warning',
    component: 'default-scheduler',
    reason: 'FailedScheduling',
    message: `0/${nodes} nodes are available: ${nodes} Insufficient cpu. preemption: 0/${nodes} nodes are available: ${nodes} No preemption victims found for incoming pod.`,
  });
}

function roomiestNode(cluster: ClusterState, pod: PodState): string | undefined {
  const deployment = cluster.deployments[pod.deployment];
  if (!deployment) return undefined;
  const fitting = freeCapacity(cluster)
    .filter(
      (free) => free.millicores >= deployment.podMillicores && free.memoryMebibytes >= deployment.podMemoryMebibytes,
    )
    .sort((a, b) => b.millicores - a.millicores);
  return fitting[0]?.node;
}
