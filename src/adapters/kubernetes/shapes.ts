import type { V1Deployment, V1Node, V1ObjectMeta, V1Pod, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { mebibytes, millicores, requestedMebibytes, requestedMillicores } from './quantity.ts';

export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/** A deployment, as far as scaling and restarting it need to know. */
export interface Workload {
  name: string;
  resourceVersion: string;
  generation: number;
  observedGeneration: number;
  /** Desired pods. */
  replicas: number;
  /** Pods there are, old and new. */
  existing: number;
  ready: number;
  available: number;
  /** Pods of the newest template. */
  updated: number;
  /** What one pod reserves. */
  podMillicores: number;
  podMebibytes: number;
  /** Labels of its pods. */
  podLabels: Record<string, string>;
  /** When the pods were last restarted on purpose, as the annotation says it; '' when never. */
  restartedAt: string;
  /** `Argo CD application chatbot`; '' when nothing reconciles it. */
  owner: string;
  /** What the deployment controller says when it gave a rollout up; ''. */
  stuck: string;
}

export interface Autoscaler {
  name: string;
  /** Deployment that it scales. */
  target: string;
  resourceVersion: string;
  minReplicas: number;
  maxReplicas: number;
  /** Percent of the processors that its pods reserve: what they use now, and what it aims at; 0 where it does not say. */
  usedPercent: number;
  targetPercent: number;
  owner: string;
}

export interface ClusterNode {
  name: string;
  allocatableMillicores: number;
  allocatableMebibytes: number;
  /** Pods that it takes. */
  allocatablePods: number;
}

/** A pod that holds room, or waits for it when `node` is ''. */
export interface Reservation {
  node: string;
  millicores: number;
  mebibytes: number;
}

export interface ConnectionSecret {
  resourceVersion: string;
  owner: string;
  /** Values in the clear. */
  value(key: string): string;
}

export function toWorkload({ metadata, spec, status }: V1Deployment): Workload {
  const template = spec?.template;
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  return {
    name: metadata?.name ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    generation: metadata?.generation ?? 0,
    observedGeneration: status?.observedGeneration ?? 0,
    replicas: spec?.replicas ?? 1,
    existing: status?.replicas ?? 0,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    podMillicores: requestedMillicores(template?.spec),
    podMebibytes: requestedMebibytes(template?.spec),
    podLabels: template?.metadata?.labels ?? {},
    restartedAt: template?.metadata?.annotations?.[RESTARTED_AT] ?? '',
    owner: reconcilerOf(metadata),
    stuck:
      progressing?.reason === 'ProgressDeadlineExceeded' ? (progressing.message ?? 'its progress deadline passed') : '',
  };
}

export function toAutoscaler({ metadata, spec, status }: V2HorizontalPodAutoscaler): Autoscaler {
  const target = spec?.scaleTargetRef;
  const used = status?.currentMetrics?.find(({ resource }) => resource?.name === 'cpu');
  const aim = spec?.metrics?.find(({ resource }) => resource?.name === 'cpu');
  return {
    name: metadata?.name ?? '',
    target: target?.kind === 'Deployment' ? target.name : '',
    resourceVersion: metadata?.resourceVersion ?? '',
    minReplicas: spec?.minReplicas ?? 1,
    maxReplicas: spec?.maxReplicas ?? 1,
    usedPercent: used?.resource?.current.averageUtilization ?? 0,
    targetPercent: aim?.resource?.target.averageUtilization ?? 0,
    owner: reconcilerOf(metadata),
  };
}

/** Undefined for a node that takes no new pods. */
export function toNode({ metadata, spec, status }: V1Node): ClusterNode | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const repelling = spec?.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') ?? false;
  if (spec?.unschedulable || repelling || (ready && ready.status !== 'True')) return undefined;
  const { cpu, memory, pods } = status?.allocatable ?? {};
  return {
    name: metadata?.name ?? '',
    allocatableMillicores: millicores(cpu),
    allocatableMebibytes: mebibytes(memory),
    allocatablePods: Number(pods ?? Number.POSITIVE_INFINITY),
  };
}

/** Undefined for a pod that has finished and holds nothing any more. */
export function toReservation({ spec, status }: V1Pod): Reservation | undefined {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined;
  const [cpu, memory] = [requestedMillicores(spec), requestedMebibytes(spec)];
  return { node: spec?.nodeName ?? '', millicores: cpu, mebibytes: memory };
}

/** Who will change this object back: Argo CD or Flux, by the marks that they leave on what they reconcile. */
export function reconcilerOf(metadata: V1ObjectMeta | undefined): string {
  const { labels = {}, annotations = {} } = metadata ?? {};
  const argo = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  if (argo) return `Argo CD application ${argo}`;
  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  if (kustomization) return `Flux kustomization ${kustomization}`;
  const release = labels['helm.toolkit.fluxcd.io/name'];
  return release ? `Flux Helm release ${release}` : '';
}
