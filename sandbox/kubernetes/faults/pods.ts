import type { World } from '../../world/world.ts';
import { endContainer, scheduleEnd } from '../controllers/containers.ts';
import { nextVersion } from '../resource.ts';
import { livePods, NEVER } from '../rollout.ts';
import type { ClusterState, PodState, PodTrouble } from '../state.ts';

/** Share of a deployment's pods that a fault breaks: most, so that users notice. */
const SHARE = 0.8;

/** How many of `pods` a fault breaks; where there are several, at least one stays well. */
export const brokenOf = (pods: number): number => Math.min(Math.max(1, pods - 1), Math.ceil(pods * SHARE));

/** Most pods that there are go bad by what they hold; a pod that replaces one of them begins clean. */
export function breakPods(world: World, cluster: ClusterState, deployment: string, trouble: PodTrouble): void {
  const pods = livePods(cluster, deployment).filter((pod) => pod.trouble === undefined && pod.node !== undefined);
  for (const pod of pods.slice(0, brokenOf(pods.length))) spoil(world, cluster, pod, trouble);
}

function spoil(world: World, cluster: ClusterState, pod: PodState, trouble: PodTrouble): void {
  pod.startedAt ??= pod.scheduledAt;
  pod.trouble = trouble;
  if (trouble === 'probe') Object.assign(pod, { readyAt: NEVER, unreadySince: world.clock.now() });
  pod.resourceVersion = nextVersion(cluster);
  // It has been growing for long: the first one is killed now.
  if (trouble === 'out-of-memory') endContainer(world, cluster, pod);
  else scheduleEnd(world, cluster, pod);
}
