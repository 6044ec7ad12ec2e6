import type { Cluster } from '../../adapters/kubernetes/index.ts';
import type { Pod } from '../../adapters/kubernetes/pods.ts';
import type { Release } from '../../adapters/kubernetes/releases.ts';
import type { Workload } from '../../adapters/kubernetes/shapes.ts';

/** What is the matter with a pod, in people's words. */
export const TROUBLES = {
  'crash-loop': 'in a crash loop',
  'out-of-memory': 'killed for their memory',
  image: 'without their image',
  probe: 'running without answering their readiness probe',
  unschedulable: 'waiting for room on a node',
  'node-lost': 'on a node that is lost',
} as const;
export type Trouble = keyof typeof TROUBLES;

/** What another pod in its place may mend. */
export const REPLACEABLE: readonly Trouble[] = ['crash-loop', 'out-of-memory', 'probe', 'node-lost'];

/** Milliseconds for which a container may run before its first good readiness probe. */
const STARTUP = 90_000;
/** Milliseconds for which a pod that was killed for its memory counts as growing, though it is ready again. */
const GROWING = 600_000;

/** `now` is the cluster's time (epoch milliseconds); `nodes` are those that work. Undefined: it works, or it begins or ends. */
export function troubleOf(pod: Pod, now: number, nodes: ReadonlySet<string>): Trouble | undefined {
  if (pod.isEnding || pod.isFinished) return undefined;
  if (pod.ended === 'OOMKilled' && (!pod.isReady || now - pod.endedAt < GROWING)) return 'out-of-memory';
  if (pod.isReady) return undefined;
  if (pod.unschedulable !== '') return 'unschedulable';
  if (pod.node !== '' && !nodes.has(pod.node)) return 'node-lost';
  if (['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'].includes(pod.waiting)) return 'image';
  if (pod.waiting === 'CrashLoopBackOff' || (pod.ended !== '' && pod.exitCode !== 0)) return 'crash-loop';
  return pod.runningSince > 0 && now - pod.runningSince > STARTUP ? 'probe' : undefined;
}

export interface TroubledPod {
  pod: Pod;
  trouble: Trouble;
}

/** How the pods of one deployment are. */
export interface Health {
  workload: Workload;
  pods: Pod[];
  troubled: TroubledPod[];
  /** Its releases, newest first. */
  releases: Release[];
  /** The newest release, when none of its pods works and some fail, and there is another one to go back to. */
  bad: Release | undefined;
  /** The newest release before it whose pods are others. */
  wayBack: Release | undefined;
  /** The release that still has working pods beside the bad one. */
  healthy: Release | undefined;
}

/** Looks at the deployments of these names. Throws what the cluster threw. `now` is world time. */
export async function examine(cluster: Cluster, names: string[], now: number, signal: AbortSignal): Promise<Health[]> {
  const [pods, releases, nodes, ...workloads] = await Promise.all([
    cluster.pods(signal),
    cluster.releases(signal),
    cluster.nodes(signal),
    ...names.map((name) => cluster.workload(name, signal)),
  ]);
  const working = new Set(nodes.map(({ name }) => name));
  return workloads.map((workload) =>
    judge(
      workload,
      pods,
      releases.filter(({ deployment }) => deployment === workload.name),
      (pod) => troubleOf(pod, now, working),
    ),
  );
}

/** Pure. `all` are the pods of the namespace, `releases` those of this deployment, newest first. */
export function judge(
  workload: Workload,
  all: Pod[],
  releases: Release[],
  look: (pod: Pod) => Trouble | undefined,
): Health {
  const own = new Set(releases.map(({ name }) => name));
  const pods = all.filter(({ replicaSet }) => own.has(replicaSet));
  const troubled = pods.flatMap((pod) => {
    const trouble = look(pod);
    return trouble ? [{ pod, trouble }] : [];
  });
  const [newest, ...earlier] = releases;
  const wayBack = earlier.find(({ template }) => !isSamePods(template, newest?.template));
  const isBad =
    newest !== undefined &&
    wayBack !== undefined &&
    !pods.some(({ replicaSet, isReady, isEnding }) => replicaSet === newest.name && isReady && !isEnding) &&
    troubled.some(
      ({ pod, trouble }) => pod.replicaSet === newest.name && trouble !== 'unschedulable' && trouble !== 'node-lost',
    );
  const bad = isBad ? newest : undefined;
  return {
    ...{ workload, pods, troubled, releases, bad, wayBack: bad && wayBack },
    healthy: bad && earlier.find(({ ready }) => ready > 0),
  };
}

/** A restart alone changes annotations: what runs is the same. */
function isSamePods(a: Release['template'], b: Release['template'] | undefined): boolean {
  return JSON.stringify(a.spec) === JSON.stringify(b?.spec);
}

/** Pods whose place another one may fill with profit: not those of a release that is bad itself. */
export const replaceable = ({ troubled, bad }: Health): TroubledPod[] =>
  troubled.filter(({ pod, trouble }) => REPLACEABLE.includes(trouble) && pod.replicaSet !== bad?.name);
