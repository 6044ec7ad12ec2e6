import { latency } from '../../world/random.ts';
import type { World } from '../../world/world.ts';
import { podName, uid } from '../names.ts';
import { firstContainer, requestsOfPod } from '../pod-template.ts';
import { nextVersion } from '../resource.ts';
import { NEVER, startedAt } from '../rollout.ts';
import type { ClusterState, DeploymentState, PodState } from '../state.ts';
import { currentTemplate, replicaSetName } from '../templates.ts';
import { failToPull, scheduleEnd } from './containers.ts';
import { involved, involvedReplicaSet, type Occurrence, ofContainer, recordEvent } from './events.ts';

/** World seconds from a pod's place on a node until it is ready. */
const STARTUP = [15, 45] as const;
/** World seconds from the deletion of a pod until its containers have stopped. */
const SHUTDOWN = [2, 8] as const;
/** Pods that a node takes (an m5.xlarge with the VPC's addresses). */
export const MOST_PODS = 58;

export interface PodsContext {
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
  const trouble = currentTemplate(deployment)?.trouble;
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
    ...(deployment.pods && { pods: deployment.pods }),
    ...(trouble && { trouble }),
  };
  cluster.pods[name] = pod;
  recordEvent(cluster, now, ofReplicaSet(cluster, pod, 'SuccessfulCreate', `Created pod: ${name}`));
  return pod;
}

/**
 * Places every waiting pod that a node has room for; it reads the secret as it is at that moment and becomes ready
 * 15 to 45 world seconds later. The others stay Pending.
 */
export function placePods(context: PodsContext): void {
  const { world, cluster } = context;
  for (const pod of Object.values(cluster.pods)) {
    if (pod.node !== undefined || pod.deletedAt !== undefined) continue;
    const node = roomiestNode(cluster, pod);
    const now = world.clock.now();
    if (!node) {
      recordUnschedulable(cluster, now, pod);
      continue;
    }
    recordEvent(cluster, now, {
      involved: involved('Pod', pod),
      component: 'default-scheduler',
      reason: 'Scheduled',
      message: `Successfully assigned ${pod.namespace}/${pod.name} to ${node}`,
    });
    recordEvent(cluster, now, ofContainer(pod, 'Pulling', `Pulling image "${firstContainer(pod).image}"`));
    pod.node = node;
    pod.scheduledAt = now;
    beginPod(context, pod);
  }
}

/** A placed pod pulls its image, runs, and becomes ready, as far as nothing is the matter with it. */
function beginPod({ world, cluster, secret }: PodsContext, pod: PodState): void {
  const now = world.clock.now();
  // A pod's start is a function of its own name: one rollout more elsewhere changes nothing here.
  const startup = latency(STARTUP, world.state.seed, 'pod ready', pod.name);
  const place = { region: cluster.region, pod: pod.name };
  pod.environment = { ...cluster.secrets[secret]?.data };
  pod.resourceVersion = nextVersion(cluster);
  pod.readyAt = now + startup;
  const starts = startedAt(pod);
  if (pod.trouble === 'image') {
    pod.readyAt = NEVER;
    failToPull(world, cluster, pod, 0);
    return;
  }
  world.scheduleAt(starts, 'kubernetes.pod-started', place);
  if (pod.trouble === 'crash' || pod.trouble === 'probe') {
    pod.readyAt = NEVER;
    pod.startedAt = starts;
    return;
  }
  world.schedule(startup, 'kubernetes.pod-ready', place);
  world.recordTransition({
    service: 'kubernetes',
    region: cluster.region,
    kind: 'pod-ready',
    resource: pod.name,
    from: now,
    to: pod.readyAt,
  });
}

/** The image is there and the container runs; its readiness probe succeeds later. */
export function startPod({ world, cluster }: PodsContext, pod: PodState): void {
  const now = world.clock.now();
  const seconds = ((startedAt(pod) - pod.scheduledAt) / 1000).toFixed(3);
  const { name, image } = firstContainer(pod);
  pod.resourceVersion = nextVersion(cluster);
  recordEvent(cluster, now, ofContainer(pod, 'Pulled', `Successfully pulled image "${image}" in ${seconds}s`));
  recordEvent(cluster, now, ofContainer(pod, 'Created', `Created container: ${name}`));
  recordEvent(cluster, now, ofContainer(pod, 'Started', `Started container ${name}`));
  scheduleEnd(world, cluster, pod);
}

/** Marks a pod as terminating; it is out of service at once and gone a few world seconds later. */
export function terminatePod({ world, cluster }: PodsContext, pod: PodState): void {
  if (pod.deletedAt !== undefined) return;
  const now = world.clock.now();
  pod.deletedAt = now;
  pod.resourceVersion = nextVersion(cluster);
  // A lost kubelet confirms no end: the pod stays until its node is heard of again.
  if (pod.lostAt !== undefined) return;
  if (pod.node) {
    recordEvent(cluster, now, ofContainer(pod, 'Killing', `Stopping container ${firstContainer(pod).name}`));
  }
  const shutdown = pod.node ? latency(SHUTDOWN, world.state.seed, 'pod gone', pod.name) : 0;
  world.schedule(shutdown, 'kubernetes.pod-gone', { region: cluster.region, pod: pod.name });
}

/** Processor and memory that the cluster's working nodes still have: millicores and mebibytes, by node. */
export function freeCapacity(
  cluster: ClusterState,
): { node: string; millicores: number; memoryMebibytes: number; pods: number }[] {
  return cluster.nodes
    .filter(({ downSince }) => downSince === undefined)
    .map((node) => {
      const free = {
        node: node.name,
        millicores: node.allocatableMillicores,
        memoryMebibytes: node.allocatableMemoryMebibytes,
        pods: MOST_PODS,
      };
      for (const pod of Object.values(cluster.pods)) {
        if (pod.node !== node.name || pod.finished !== undefined) continue;
        const requests = requestsOfPod(cluster, pod);
        free.millicores -= requests.millicores;
        free.memoryMebibytes -= requests.memoryMebibytes;
        free.pods -= 1;
      }
      return free;
    });
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

/** Why no node takes a pod, as the scheduler says it. */
export function unschedulable(cluster: ClusterState, pod: PodState): string {
  const { millicores, memoryMebibytes } = requestsOfPod(cluster, pod);
  const free = new Map(freeCapacity(cluster).map((one) => [one.node, one]));
  const down = cluster.nodes.filter(({ name }) => !free.has(name)).length;
  const full = [...free.values()];
  const reasons: [string, number][] = [
    ['node(s) had untolerated taint {node.kubernetes.io/unreachable: }', down],
    ['Insufficient cpu', full.filter((one) => one.millicores < millicores).length],
    ['Insufficient memory', full.filter((one) => one.memoryMebibytes < memoryMebibytes).length],
    ['Too many pods', full.filter((one) => one.pods < 1).length],
  ];
  const said = reasons.filter(([, count]) => count > 0).map(([reason, count]) => `${count} ${reason}`);
  return `0/${cluster.nodes.length} nodes are available: ${said.join(', ')}.`;
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
    message: `${unschedulable(cluster, pod)} preemption: 0/${nodes} nodes are available: ${nodes} No preemption victims found for incoming pod.`,
  });
}

function roomiestNode(cluster: ClusterState, pod: PodState): string | undefined {
  const { millicores, memoryMebibytes } = requestsOfPod(cluster, pod);
  const fitting = freeCapacity(cluster)
    .filter((free) => free.millicores >= millicores && free.memoryMebibytes >= memoryMebibytes && free.pods > 0)
    .sort((a, b) => b.millicores - a.millicores);
  return fitting[0]?.node;
}
