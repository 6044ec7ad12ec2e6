import type { System } from '../../../src/domain/system.ts';
import type { World } from '../../world/world.ts';
import { nextVersion } from '../resource.ts';
import { livePods, nextMove, PROGRESS_DEADLINE_SECONDS, rolloutLimits, rolloutStatus } from '../rollout.ts';
import type { ClusterState, DeploymentState, TemplateState } from '../state.ts';
import { replicaSetName, templatesOf, trimTemplates } from '../templates.ts';
import { involved, recordEvent } from './events.ts';
import { createPod, ofReplicaSet, placePods, terminatePod } from './pods.ts';

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
    for (const pod of remove) {
      recordEvent(cluster, now, ofReplicaSet(cluster, pod, 'SuccessfulDelete', `Deleted pod: ${pod.name}`));
      terminatePod(context, pod);
    }
    scaleTemplates(cluster, deployment, now);
    const progressed = create > 0 || remove.length > 0;
    if (progressed) {
      const data = { region: cluster.region, deployment: deployment.name };
      world.schedule(PROGRESS_DEADLINE_SECONDS * 1000 + 1, 'kubernetes.progress-deadline', data);
    }
    writeStatus(cluster, deployment, now, progressed);
  }
  placePods(context);
  world.touch();
}

/** Each template's number of wanted pods follows what was created and deleted of it, and is told as an event. */
function scaleTemplates(cluster: ClusterState, deployment: DeploymentState, now: number): void {
  const pods = livePods(cluster, deployment.name);
  deployment.templates = templatesOf(deployment).map((template): TemplateState => {
    const replicas = pods.filter((pod) => pod.templateRevision === template.number).length;
    if (replicas === template.replicas) return template;
    const [direction, name] = [
      replicas > template.replicas ? 'up' : 'down',
      replicaSetName(cluster.region, deployment.name, template.number),
    ];
    recordEvent(cluster, now, {
      involved: involved('Deployment', deployment),
      component: 'deployment-controller',
      reason: 'ScalingReplicaSet',
      message: `Scaled ${direction} replica set ${name} from ${template.replicas} to ${replicas}`,
    });
    return { ...template, replicas };
  });
  trimTemplates(cluster, deployment);
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
