import type { Cluster } from '../../adapters/kubernetes/index.ts';
import type { Pod } from '../../adapters/kubernetes/pods.ts';
import type { Release } from '../../adapters/kubernetes/releases.ts';
import type { Autoscaler, Workload } from '../../adapters/kubernetes/shapes.ts';

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
const REPLACEABLE: readonly Trouble[] = ['crash-loop', 'out-of-memory', 'probe', 'node-lost'];

/** Milliseconds for which a container may run before its first good readiness probe. */
const STARTUP = 90_000;
/** Milliseconds for which a pod that was killed for its memory counts as growing, though it is ready again. */
const GROWING = 600_000;

/** `now` is the cluster's time (epoch milliseconds); `nodes` are those that work. Undefined: it works, or it begins or ends. */
function troubleOf(pod: Pod, now: number, nodes: ReadonlySet<string>): Trouble | undefined {
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

/** Share of a deployment's pods above which failing health checks are exhaustion, as the source document has it. */
const MOST = 0.8;
const HALF = 0.5;
/** Milliseconds within which a node takes a pod and first calls it unready: its times are whole seconds. */
const SAME_MOMENT = 5000;
/** An autoscaler calls a load the wanted one within this share of it: the controller manager's default. */
const TOLERANCE = 0.1;

/** How the pods of one deployment are. */
export interface Health {
  workload: Workload;
  pods: Pod[];
  troubled: TroubledPod[];
  /** Its releases, newest first. */
  releases: Release[];
  autoscaler: Autoscaler | undefined;
  /**
   * The newest release, when none of its pods works and some fail, and there is another one to go back to. Readiness
   * probes alone do not tell a bad release from one whose database is away: then an older release has to work, or no pod
   * of the newest ever did.
   */
  bad: Release | undefined;
  /** The newest release before it whose pods are others. */
  wayBack: Release | undefined;
  /** The release that still has working pods beside the bad one. */
  healthy: Release | undefined;
  /** Why more pods would help; undefined where they would not. */
  exhausted: Exhaustion | undefined;
  /** Every deployment fails as it does: what they share is the matter. */
  isShared?: true;
}

/** What of a deployment is used up, in people's words. */
export const EXHAUSTIONS = {
  memory: 'its pods run out of memory',
  processors: 'its pods use more processors than its autoscaler may spread over',
  readiness: 'more than 80 % of its pods do not answer their readiness probe',
} as const;
export type Exhaustion = keyof typeof EXHAUSTIONS;

/** Looks at the deployments of these names. Throws what the cluster threw. `now` is world time. */
export async function examine(cluster: Cluster, names: string[], now: number, signal: AbortSignal): Promise<Health[]> {
  const [pods, autoscalers, releases, nodes, ...workloads] = await Promise.all([
    cluster.pods(signal),
    cluster.autoscalers(signal),
    cluster.releases(signal),
    cluster.nodes(signal),
    ...names.map((name) => cluster.workload(name, signal)),
  ]);
  const working = new Set(nodes.map(({ name }) => name));
  const healths = workloads.map((workload) =>
    judge(workload, {
      pods,
      autoscaler: autoscalers.find(({ target }) => target === workload.name),
      releases: releases.filter(({ deployment }) => deployment === workload.name),
      look: (pod) => troubleOf(pod, now, working),
    }),
  );
  return isShared(healths) ? healths.map(withoutRepair) : healths;
}

/** Pure. `all` are the pods of the namespace, `releases` those of this deployment, newest first. */
export function judge(
  workload: Workload,
  {
    pods: all,
    releases,
    autoscaler,
    look,
  }: {
    pods: Pod[];
    releases: Release[];
    autoscaler: Autoscaler | undefined;
    look: (pod: Pod) => Trouble | undefined;
  },
): Health {
  const own = new Set(releases.map(({ name }) => name));
  const pods = all.filter(({ replicaSet }) => own.has(replicaSet));
  const troubled = pods.flatMap((pod) => {
    const trouble = look(pod);
    return trouble ? [{ pod, trouble }] : [];
  });
  const [newest, ...earlier] = releases;
  const wayBack = earlier.find(({ template }) => !isSamePods(template, newest?.template));
  const healthy = earlier.find(({ ready }) => ready > 0);
  const isBad =
    newest !== undefined &&
    wayBack !== undefined &&
    !pods.some(({ replicaSet, isReady, isEnding }) => replicaSet === newest.name && isReady && !isEnding) &&
    isToBlame(
      troubled.filter(({ pod }) => pod.replicaSet === newest.name),
      healthy !== undefined,
    );
  const bad = isBad ? newest : undefined;
  return {
    ...{ workload, autoscaler, pods, troubled, releases, bad, wayBack: bad && wayBack },
    healthy: bad && healthy,
    exhausted: bad ? undefined : exhaustionOf({ pods, troubled, autoscaler }),
  };
}

/** Whether what is the matter with the pods of the newest release can be that release. */
function isToBlame(troubled: TroubledPod[], othersWork: boolean): boolean {
  if (troubled.some(({ trouble }) => ['crash-loop', 'out-of-memory', 'image'].includes(trouble))) return true;
  const unready = troubled.filter(({ trouble }) => trouble === 'probe');
  return unready.length > 0 && (othersWork || !unready.some(({ pod }) => hasWorked(pod)));
}

/** A pod that never was ready is unready since it was placed, whatever its containers did since. */
const hasWorked = ({ readinessSince, placedAt }: Pod): boolean => readinessSince > placedAt + SAME_MOMENT;

/** Why more pods would help. */
function exhaustionOf({
  pods,
  troubled,
  autoscaler,
}: Pick<Health, 'pods' | 'troubled' | 'autoscaler'>): Exhaustion | undefined {
  if (troubled.some(({ trouble }) => trouble === 'out-of-memory')) return 'memory';
  if (autoscaler && isSpent(autoscaler, pods)) return 'processors';
  return shareUnready({ pods, troubled }) > MOST ? 'readiness' : undefined;
}

/** Whether an autoscaler may add no more pods, although they use more than it aims at. */
function isSpent({ usedPercent, targetPercent, maxReplicas }: Autoscaler, pods: Pod[]): boolean {
  const living = pods.filter(({ isEnding, isFinished }) => !isEnding && !isFinished).length;
  return targetPercent > 0 && usedPercent > targetPercent * (1 + TOLERANCE) && living >= maxReplicas;
}

/** Share (0 to 1) of a deployment's living pods that run and do not answer their readiness probe. */
function shareUnready({ pods, troubled }: Pick<Health, 'pods' | 'troubled'>): number {
  const living = pods.filter(({ isEnding, isFinished }) => !isEnding && !isFinished).length;
  return living === 0 ? 0 : troubled.filter(({ trouble }) => trouble === 'probe').length / living;
}

/**
 * Whether what fails is something that all deployments share, a database or a name that none resolves: most pods of every
 * one fail their readiness probes at once, and nothing else is the matter. One deployment alone cannot tell. Pure.
 */
export function isShared(healths: Health[]): boolean {
  return (
    healths.length > 1 &&
    healths.every(
      (health) => shareUnready(health) > HALF && health.troubled.every(({ trouble }) => trouble === 'probe'),
    )
  );
}

/** Neither another release nor another pod nor more of them mend what all share. */
const withoutRepair = (health: Health): Health => ({
  ...health,
  ...{ isShared: true, bad: undefined, wayBack: undefined, healthy: undefined, exhausted: undefined },
});

/** A restart alone changes annotations: what runs is the same. */
function isSamePods(a: Release['template'], b: Release['template'] | undefined): boolean {
  return JSON.stringify(a.spec) === JSON.stringify(b?.spec);
}

/** Pods whose place another one may fill with profit: not those of a release that is bad itself. */
export const replaceable = ({ troubled, bad, isShared: shared }: Health): TroubledPod[] =>
  shared ? [] : troubled.filter(({ pod, trouble }) => REPLACEABLE.includes(trouble) && pod.replicaSet !== bad?.name);

/**
 * Replicas with which a deployment would be well: one more for each pod that another one may replace, and so many that
 * its processors are used as its autoscaler aims at. Undefined where more pods would not help.
 */
export function replicasWanted(health: Health): number | undefined {
  const { workload, autoscaler, exhausted } = health;
  if (!exhausted) return undefined;
  const more = workload.replicas + replaceable(health).length;
  if (exhausted !== 'processors' || !autoscaler) return more;
  return Math.max(more, Math.ceil((workload.replicas * autoscaler.usedPercent) / autoscaler.targetPercent));
}
