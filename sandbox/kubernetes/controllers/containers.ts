import { latency } from '../../world/random.ts';
import type { World } from '../../world/world.ts';
import { firstContainer } from '../pod-template.ts';
import { nextVersion } from '../resource.ts';
import { NEVER, startedAt } from '../rollout.ts';
import type { ClusterState, PodState } from '../state.ts';
import { ofContainer, recordEvent } from './events.ts';

/** World seconds that a container with a bad configuration runs until it exits. */
const CRASH = [1, 4] as const;
/** World seconds from the start of a container until it is ready again, after its first start. */
const RESTART = [8, 20] as const;
/** World seconds for which a growing container serves until the kernel kills it. */
const GROWTH = [5, 15] as const;
/** World milliseconds of the kubelet's first back-off; each next one is twice as long, up to five minutes. */
const FIRST_BACK_OFF = 10_000;
const LONGEST_BACK_OFF = 300_000;
/** World milliseconds between two failures of a readiness probe that are told. */
const PROBING = 30_000;

const KILLED_FOR_MEMORY = 137;

const placeOf = (cluster: ClusterState, pod: PodState) => ({ region: cluster.region, pod: pod.name });

/** How long the kubelet waits before it starts a container for the `restarts`-th time again; the first time not at all. */
const backOff = (restarts: number): number =>
  restarts <= 1 ? 0 : Math.min(LONGEST_BACK_OFF, FIRST_BACK_OFF * 2 ** (restarts - 2));

/** What will happen to a container that has just been started, or already runs: its end, or failing probes. */
export function scheduleEnd(world: World, cluster: ClusterState, pod: PodState): void {
  const { seed } = world.state;
  const key = `${pod.name} ${pod.restarts ?? 0}`;
  switch (pod.trouble) {
    case 'crash':
      world.schedule(latency(CRASH, seed, 'crash', key), 'kubernetes.container-ends', placeOf(cluster, pod));
      return;
    case 'out-of-memory': {
      const serves = Math.max(0, pod.readyAt - world.clock.now());
      const grows = latency(GROWTH, seed, 'growth', key);
      world.schedule(serves + grows, 'kubernetes.container-ends', placeOf(cluster, pod));
      return;
    }
    case 'probe':
      world.schedule(0, 'kubernetes.probe-fails', placeOf(cluster, pod));
      return;
    default:
  }
}

/** The container of a pod exits or is killed, and the kubelet backs off before it starts it again. */
export function endContainer(world: World, cluster: ClusterState, pod: PodState): void {
  if (pod.deletedAt !== undefined || pod.lostAt !== undefined || pod.waiting) return;
  if (pod.trouble !== 'crash' && pod.trouble !== 'out-of-memory') return;
  const now = world.clock.now();
  const isKilled = pod.trouble === 'out-of-memory';
  const { name } = firstContainer(pod);
  pod.ended = {
    reason: isKilled ? 'OOMKilled' : 'Error',
    exitCode: isKilled ? KILLED_FOR_MEMORY : 1,
    startedAt: startedAt(pod),
    finishedAt: now,
  };
  const wait = backOff((pod.restarts ?? 0) + 1);
  const { reason } = pod.ended;
  pod.waiting =
    wait === 0
      ? { reason, message: '', since: now }
      : {
          reason: 'CrashLoopBackOff',
          message: `back-off ${duration(wait)} restarting failed container=${name} pod=${pod.name}_${pod.namespace}(${pod.uid})`,
          since: now,
        };
  pod.readyAt = NEVER;
  changed(cluster, pod);
  if (wait > 0) {
    const message = `Back-off restarting failed container ${name} in pod ${pod.name}_${pod.namespace}(${pod.uid})`;
    recordEvent(cluster, now, ofContainer(pod, 'BackOff', message, 'Warning'));
  }
  world.schedule(Math.max(wait, 1000), 'kubernetes.container-restarts', placeOf(cluster, pod));
}

/** The kubelet starts a container again; it becomes ready unless its trouble goes on. */
export function restartContainer(world: World, cluster: ClusterState, pod: PodState): void {
  if (pod.deletedAt !== undefined || pod.lostAt !== undefined || !pod.waiting || pod.trouble === 'image') return;
  const now = world.clock.now();
  const { name, image } = firstContainer(pod);
  delete pod.waiting;
  pod.restarts = (pod.restarts ?? 0) + 1;
  pod.startedAt = now;
  changed(cluster, pod);
  recordEvent(cluster, now, ofContainer(pod, 'Pulled', `Container image "${image}" already present on machine`));
  recordEvent(cluster, now, ofContainer(pod, 'Created', `Created container: ${name}`));
  recordEvent(cluster, now, ofContainer(pod, 'Started', `Started container ${name}`));
  if (pod.trouble !== 'crash' && pod.trouble !== 'probe') becomeReady(world, cluster, pod);
  scheduleEnd(world, cluster, pod);
}

/** A container that runs will answer its readiness probe in a while. */
export function becomeReady(world: World, cluster: ClusterState, pod: PodState): void {
  const startup = latency(RESTART, world.state.seed, 'container ready', pod.name, pod.restarts ?? 0);
  pod.readyAt = world.clock.now() + startup;
  delete pod.unreadySince;
  world.schedule(startup, 'kubernetes.pod-ready', placeOf(cluster, pod));
}

/** The readiness probe of a hanging container fails once more; it is told, and probed again. */
export function failProbe(world: World, cluster: ClusterState, pod: PodState): void {
  if (pod.deletedAt !== undefined || pod.lostAt !== undefined || pod.trouble !== 'probe') return;
  const message =
    'Readiness probe failed: Get "http://:8080/ready": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  recordEvent(cluster, world.clock.now(), ofContainer(pod, 'Unhealthy', message, 'Warning'));
  world.schedule(PROBING, 'kubernetes.probe-fails', placeOf(cluster, pod));
}

/** The registry does not have the image: `attempt` 0 is the first; between two the kubelet backs off. */
export function failToPull(world: World, cluster: ClusterState, pod: PodState, attempt: number): void {
  if (pod.deletedAt !== undefined || pod.lostAt !== undefined || pod.trouble !== 'image') return;
  const now = world.clock.now();
  const { image } = firstContainer(pod);
  const why = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  if (attempt % 2 === 0) {
    pod.waiting = { reason: 'ErrImagePull', message: why, since: now };
    recordEvent(cluster, now, ofContainer(pod, 'Failed', `Failed to pull image "${image}": ${why}`, 'Warning'));
    recordEvent(cluster, now, ofContainer(pod, 'Failed', 'Error: ErrImagePull', 'Warning'));
  } else {
    pod.waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"`, since: now };
    recordEvent(cluster, now, ofContainer(pod, 'BackOff', `Back-off pulling image "${image}"`, 'Warning'));
    recordEvent(cluster, now, ofContainer(pod, 'Failed', 'Error: ImagePullBackOff', 'Warning'));
  }
  changed(cluster, pod);
  const wait = attempt % 2 === 0 ? 2000 : Math.max(FIRST_BACK_OFF, backOff(Math.ceil(attempt / 2) + 1));
  world.schedule(wait, 'kubernetes.image-pull', { ...placeOf(cluster, pod), attempt: attempt + 1 });
}

/** Nothing is the matter with the pod any more: it starts again, or answers again. */
export function mend(world: World, cluster: ClusterState, pod: PodState): void {
  const before = pod.trouble;
  delete pod.trouble;
  if (pod.deletedAt !== undefined || pod.node === undefined || before === undefined) return;
  if (before === 'image') {
    delete pod.waiting;
    pod.startedAt = world.clock.now();
    becomeReady(world, cluster, pod);
  } else if (before === 'probe' || (before === 'crash' && !pod.waiting)) {
    becomeReady(world, cluster, pod);
  }
  changed(cluster, pod);
}

function changed(cluster: ClusterState, pod: PodState): void {
  pod.resourceVersion = nextVersion(cluster);
  const deployment = cluster.deployments[pod.deployment];
  if (deployment) deployment.resourceVersion = nextVersion(cluster);
}

/** As Go writes it: `20s`, `2m40s`. */
function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
