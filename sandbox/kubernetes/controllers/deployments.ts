import type { System } from '../../../src/domain/system.ts';
import type { ClusterState, DeploymentState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { nextVersion } from '../resource.ts';
import { nextMove, rolloutLimits, rolloutStatus } from '../rollout.ts';
import { createPod, placePods, terminatePod } from './pods.ts';

/**
 * The deployment controller, the scheduler and the kubelets of one cluster in one pass: creates and deletes pods
 * until each deployment has nothing left to do now, places what waits, and writes the deployments' status.
 */
export function reconcileDeployments(world: World, system: System, cluster: ClusterState): void {
  const context = { world, cluster, secret: system.kubernetes.secret.name };
  const now = world.clock.now();
  for (const deployment of Object.values(cluster.deployments)) {
    const { create, remove } = nextMove(cluster, deployment, now);
    for (let count = 0; count < create; count++) createPod(context, deployment);
    for (const pod of remove) terminatePod(context, pod);
    const progressed = create > 0 || remove.length > 0;
    writeStatus(cluster, deployment, now, progressed);
  }
  placePods(context);
  world.touch();
}

/** The status changed, so the object has a new version: writers that read it before must read again. */
function writeStatus(cluster: ClusterState, deployment: DeploymentState, now: number, progressed: boolean): void {
  const before = JSON.stringify([deployment.observedGeneration, deployment.conditions]);
  const status = rolloutStatus(cluster, deployment, now);
  deployment.observedGeneration = deployment.generation;
  const available = status.ready >= deployment.replicas - rolloutLimits(deployment.replicas).unavailable;
  setCondition(deployment, now, {
    type: 'Available',
    status: available ? 'True' : 'False',
    reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
  });
  setCondition(
    deployment,
    now,
    { type: 'Progressing', status: 'True', reason: status.complete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated' },
    progressed,
  );
  if (progressed || before !== JSON.stringify([deployment.observedGeneration, deployment.conditions])) {
    deployment.resourceVersion = nextVersion(cluster);
  }
}

function setCondition(
  deployment: DeploymentState,
  now: number,
  condition: { type: string; status: string; reason: string },
  again = false,
): void {
  const before = deployment.conditions.find((other) => other.type === condition.type);
  if (!again && before?.status === condition.status && before.reason === condition.reason) return;
  deployment.conditions = [
    ...deployment.conditions.filter((other) => other.type !== condition.type),
    { ...condition, at: now },
  ];
}
