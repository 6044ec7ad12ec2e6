import type { System } from '../../../src/domain/system.ts';
import type { World } from '../../world/world.ts';
import { endContainer } from '../controllers/containers.ts';
import { createPod } from '../controllers/pods.ts';
import { isObject } from '../json.ts';
import { imageName, podsOf } from '../pod-template.ts';
import { nextVersion } from '../resource.ts';
import { livePods } from '../rollout.ts';
import type { ClusterState, DeploymentState, PodState, PodTemplate } from '../state.ts';
import { CHANGE_CAUSE, currentTemplate, withTemplate } from '../templates.ts';
import { brokenOf } from './pods.ts';

/** The release that a fault brings. */
const BAD_RELEASE = '1.1.0';
/** Where its configuration is said to be. */
export const MISSING_FILE = '/etc/chatbot/limits.yaml';

/**
 * A new release of a deployment is rolled out, and bad. With `image` the registry does not have it: the rollout stops by
 * its own rules after a quarter of the pods. With `crash` its pods passed for ready until they read a configuration that
 * is not there, so most of the old ones are gone already. The release before it is the way back.
 */
export function release(
  world: World,
  system: System,
  cluster: ClusterState,
  name: string,
  trouble: 'crash' | 'image',
): void {
  const deployment = cluster.deployments[name];
  if (!deployment || currentTemplate(deployment)?.trouble !== undefined) return;
  const secret = system.kubernetes.secret.name;
  const pods = changedPods(podsOf(secret, deployment), name, trouble);
  const next = withTemplate(deployment, { annotations: deployment.templateAnnotations, pods }, world.clock.now());
  for (const template of next.templates) if (template.number === next.templateRevision) template.trouble = trouble;
  const old = livePods(cluster, name);
  Object.assign(deployment, next, {
    pods,
    annotations: { ...deployment.annotations, [CHANGE_CAUSE]: `release ${BAD_RELEASE}` },
    generation: deployment.generation + 1,
    resourceVersion: nextVersion(cluster),
  } satisfies Partial<DeploymentState>);
  if (trouble === 'image') return;
  const context = { world, cluster, secret };
  for (const { name: gone, node } of old.slice(0, brokenOf(old.length))) {
    delete cluster.pods[gone];
    const pod = createPod(context, deployment);
    pod.node = node;
    pod.environment = { ...cluster.secrets[secret]?.data };
    crashSince(world, cluster, pod);
  }
}

/** World milliseconds for which the release has been failing when it is noticed, and restarts since then. */
const NOTICED = 60_000;
const RESTARTS = 3;

function crashSince(world: World, cluster: ClusterState, pod: PodState): void {
  const now = world.clock.now();
  Object.assign(pod, {
    createdAt: now - NOTICED,
    scheduledAt: now - NOTICED,
    startedAt: now - 3000,
    restarts: RESTARTS,
  } satisfies Partial<PodState>);
  endContainer(world, cluster, pod);
}

function changedPods({ labels, spec }: PodTemplate, name: string, trouble: 'crash' | 'image'): PodTemplate {
  const [first, ...others] = Array.isArray(spec.containers) ? spec.containers : [];
  const container = isObject(first) ? first : {};
  const env = Array.isArray(container.env) ? container.env : [];
  const changed =
    trouble === 'image'
      ? { ...container, image: imageName(name, BAD_RELEASE) }
      : { ...container, env: [...env, { name: 'LIMITS_FILE', value: MISSING_FILE }] };
  return { labels, spec: { ...spec, containers: [changed, ...others] } };
}
