import type { System } from '../../../src/domain/system.ts';
import { effectiveWeights } from '../../aws/elbv2/weights.ts';
import { latency } from '../../world/random.ts';
import type { Scheduled } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { followFaults } from '../faults/index.ts';
import { nextVersion } from '../resource.ts';
import { livePods, PROGRESS_DEADLINE_SECONDS } from '../rollout.ts';
import type { ClusterState, PodState } from '../state.ts';
import { templatesOf } from '../templates.ts';
import { autoscale } from './autoscaler.ts';
import { endContainer, failProbe, failToPull, restartContainer } from './containers.ts';
import { reconcileDeployments } from './deployments.ts';
import { expireEvents } from './events.ts';
import { finishJobPod, reconcileJobs, scheduleFinish } from './jobs.ts';
import { evictFrom, silence } from './nodes.ts';
import { ownReplicas } from './ownership.ts';
import { startPod, terminatePod } from './pods.ts';

/** World milliseconds between two passes of the autoscaler (the controller manager's default). */
const AUTOSCALER_PERIOD = 15_000;
/** World seconds until the controllers notice a change: an observed generation lags behind the written one. */
const REACTION = [0.1, 0.5] as const;

export interface Controllers {
  /** Lets the region's controllers look at their deployments soon. */
  reconcile(region: string): void;
  /** Begins the end of a pod; at once: nobody waits for its containers. */
  deletePod(region: string, name: string, atOnce: boolean): void;
  /** Whether the region's load balancer sends users to its services. */
  serves(region: string): boolean;
}

/** Registers what the clusters do by themselves; must be called before the world starts. */
export function registerControllers(world: World, system: System): Controllers {
  const idleSince = new Map<string, number>();
  const podsContext = (cluster: ClusterState) => ({ world, cluster, secret: system.kubernetes.secret.name });
  const clusterOf = (data: Scheduled['data']) => world.state.kubernetes[String(data.region)];

  const reconcile = (region: string) => {
    const waiting = world.state.scheduled.some(
      (other) => other.kind === 'kubernetes.reconcile' && other.data.region === region,
    );
    if (waiting) return;
    const revision = world.state.kubernetes[region]?.revision ?? 0;
    world.schedule(latency(REACTION, world.state.seed, 'reconcile', region, revision), 'kubernetes.reconcile', {
      region,
    });
  };

  const reconcileAll = (cluster: ClusterState) => {
    reconcileJobs(podsContext(cluster));
    reconcileDeployments(world, system, cluster);
  };

  world.handle('kubernetes.reconcile', (data) => {
    const cluster = clusterOf(data);
    if (cluster) reconcileAll(cluster);
  });

  /** What the kubelet does with the container of a pod, as long as there is one. */
  const turns: Record<string, (cluster: ClusterState, pod: PodState, data: Scheduled['data']) => void> = {
    'kubernetes.container-ends': (cluster, pod) => endContainer(world, cluster, pod),
    'kubernetes.container-restarts': (cluster, pod) => restartContainer(world, cluster, pod),
    'kubernetes.probe-fails': (cluster, pod) => failProbe(world, cluster, pod),
    'kubernetes.image-pull': (cluster, pod, { attempt }) => failToPull(world, cluster, pod, Number(attempt)),
    'kubernetes.job-pod-finishes': (cluster, pod) => finishJobPod(podsContext(cluster), pod),
  };
  for (const [kind, turn] of Object.entries(turns)) {
    world.handle(kind, (data) => {
      const cluster = clusterOf(data);
      const pod = cluster?.pods[String(data.pod)];
      if (!cluster || !pod) return;
      turn(cluster, pod, data);
      reconcileAll(cluster);
    });
  }

  world.handle('kubernetes.node-silent', (data) => {
    const cluster = clusterOf(data);
    if (cluster) silence(world, cluster, String(data.node), Number(data.since));
  });

  world.handle('kubernetes.node-evicts', (data) => {
    const cluster = clusterOf(data);
    if (!cluster) return;
    evictFrom(podsContext(cluster), String(data.node), Number(data.since));
    reconcileAll(cluster);
  });

  world.handle('kubernetes.pod-started', (data) => {
    const cluster = clusterOf(data);
    const pod = cluster?.pods[String(data.pod)];
    if (!cluster || !pod || pod.deletedAt !== undefined) return;
    startPod(podsContext(cluster), pod);
    if (pod.job !== undefined) scheduleFinish(podsContext(cluster), pod);
  });

  // Nothing happens then but that the status says so.
  world.handle('kubernetes.progress-deadline', (data) => {
    const cluster = clusterOf(data);
    const deployment = cluster?.deployments[String(data.deployment)];
    const progress = deployment?.conditions.find(({ reason }) => reason === 'ReplicaSetUpdated');
    if (!cluster || !deployment || !progress || world.clock.now() - progress.at <= PROGRESS_DEADLINE_SECONDS * 1000)
      return;
    deployment.resourceVersion = nextVersion(cluster);
  });

  world.handle('kubernetes.pod-ready', (data) => {
    const cluster = clusterOf(data);
    const pod = cluster?.pods[String(data.pod)];
    if (!cluster || !pod || pod.readyAt > world.clock.now()) return;
    pod.resourceVersion = nextVersion(cluster);
    const deployment = cluster.deployments[pod.deployment];
    if (deployment) deployment.resourceVersion = nextVersion(cluster);
    reconcileAll(cluster);
  });

  world.handle('kubernetes.pod-gone', (data) => {
    const cluster = clusterOf(data);
    if (!cluster) return;
    delete cluster.pods[String(data.pod)];
    cluster.revision += 1;
    reconcileAll(cluster);
  });

  world.handle('kubernetes.autoscale', (data) => {
    const cluster = clusterOf(data);
    if (!cluster) return;
    world.schedule(AUTOSCALER_PERIOD, 'kubernetes.autoscale', data);
    expireEvents(cluster, world.clock.now());
    const now = world.clock.now();
    const changed = autoscale(cluster, now, servesUsers(world, cluster.region), idleSince, (deployment, from) =>
      ownReplicas({ system, cluster, now }, deployment, from),
    );
    if (changed) reconcile(cluster.region);
  });

  for (const [region, cluster] of Object.entries(world.state.kubernetes)) {
    rememberTemplates(cluster);
    const running = world.state.scheduled.some(
      (other) => other.kind === 'kubernetes.autoscale' && other.data.region === region,
    );
    if (!running) world.schedule(AUTOSCALER_PERIOD, 'kubernetes.autoscale', { region });
  }

  followFaults(world, system, { serves: (region) => servesUsers(world, region), reconcile });

  return {
    reconcile,
    deletePod(region, name, atOnce) {
      const cluster = world.state.kubernetes[region];
      const pod = cluster?.pods[name];
      if (!cluster || !pod) return;
      terminatePod(podsContext(cluster), pod);
      if (atOnce) delete cluster.pods[name];
      reconcile(region);
    },
    serves: (region) => servesUsers(world, region),
  };
}

/** A world that was saved before there was a history of templates gets one, with the pods that there are. */
function rememberTemplates(cluster: ClusterState): void {
  for (const deployment of Object.values(cluster.deployments)) {
    if (deployment.templates) continue;
    const pods = livePods(cluster, deployment.name).filter(
      ({ templateRevision }) => templateRevision === deployment.templateRevision,
    );
    deployment.templates = templatesOf(deployment).map((template) => ({ ...template, replicas: pods.length }));
  }
}

/** Whether the region's load balancer sends users to the services; without one, they are taken to be busy. */
function servesUsers(world: World, region: string): boolean {
  const balancer = world.state.elbv2[region];
  if (!balancer) return true;
  const weights = effectiveWeights(balancer, world.clock.now());
  return Object.values(balancer.targetGroups).some(
    (group) => group.kind === 'service' && (weights[group.arn] ?? 0) > 0,
  );
}
