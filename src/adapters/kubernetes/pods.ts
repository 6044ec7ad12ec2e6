import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';

/** A pod, as far as it tells whether it works, and why not. */
export interface Pod {
  name: string;
  uid: string;
  /** ReplicaSet that it belongs to; '' for none. */
  replicaSet: string;
  /** '' while it waits for a node. */
  node: string;
  createdAt: number;
  isReady: boolean;
  /** When its node took it, epoch milliseconds; 0 when none has. */
  placedAt: number;
  /** Since when it is ready, or is not, epoch milliseconds; 0 when it does not say. Never ready: since it was placed. */
  readinessSince: number;
  /** It is being deleted. */
  isEnding: boolean;
  /** It has run to its end. */
  isFinished: boolean;
  /** Why no node takes it, as the scheduler says; ''. */
  unschedulable: string;
  /** The first container that is not well, or else the first. */
  container: string;
  restarts: number;
  /** Why that container does not run: `CrashLoopBackOff`, `ErrImagePull`; '' when it runs. */
  waiting: string;
  message: string;
  /** How its newest run ended: `OOMKilled`, `Error`; '' when it never did. */
  ended: string;
  exitCode: number | undefined;
  /** World time of that end, epoch milliseconds; 0 when it never did. */
  endedAt: number;
  /** When the container began that runs now, epoch milliseconds; 0 when none does. */
  runningSince: number;
}

export function toPod({ metadata, spec, status }: V1Pod): Pod {
  const statuses = status?.containerStatuses ?? [];
  const unwell = statuses.find(({ ready }) => !ready) ?? statuses[0];
  const end = unwell?.state?.terminated ?? unwell?.lastState?.terminated;
  const readiness = status?.conditions?.find(({ type }) => type === 'Ready');
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    replicaSet: metadata?.ownerReferences?.find(({ kind }) => kind === 'ReplicaSet')?.name ?? '',
    node: spec?.nodeName ?? '',
    createdAt: metadata?.creationTimestamp?.getTime() ?? 0,
    isReady: readiness?.status === 'True',
    placedAt: status?.startTime?.getTime() ?? 0,
    readinessSince: readiness?.lastTransitionTime?.getTime() ?? 0,
    isEnding: metadata?.deletionTimestamp !== undefined,
    isFinished: status?.phase === 'Succeeded' || status?.phase === 'Failed',
    unschedulable: scheduled?.status === 'False' ? (scheduled.message ?? 'no node takes it') : '',
    container: unwell?.name ?? spec?.containers[0]?.name ?? '',
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...waitingOf(unwell),
    ended: end?.reason ?? '',
    exitCode: end?.exitCode,
    endedAt: end?.finishedAt?.getTime() ?? 0,
    runningSince: unwell?.state?.running?.startedAt?.getTime() ?? 0,
  };
}

function waitingOf(container: V1ContainerStatus | undefined): Pick<Pod, 'waiting' | 'message'> {
  const { waiting, terminated } = container?.state ?? {};
  return {
    waiting: waiting?.reason ?? terminated?.reason ?? '',
    message: waiting?.message ?? terminated?.message ?? '',
  };
}
