import type { V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';

const REVISION = 'deployment.kubernetes.io/revision';
export const CHANGE_CAUSE = 'kubernetes.io/change-cause';
export const TEMPLATE_HASH = 'pod-template-hash';

/** What a deployment runs or ran: one pod template, kept as a ReplicaSet. */
export interface Release {
  /** Name of the ReplicaSet. */
  name: string;
  deployment: string;
  revision: number;
  /** Label by which its pods are told from those of other releases. */
  hash: string;
  ready: number;
  /** What people noted with it; ''. */
  cause: string;
  /** Its pods as a deployment would have them: without the hash. */
  template: V1PodTemplateSpec;
}

export function toRelease({ metadata, spec, status }: V1ReplicaSet): Release {
  const template = spec?.template ?? {};
  const { [TEMPLATE_HASH]: hash = '', ...labels } = template.metadata?.labels ?? {};
  if (template.metadata) template.metadata.labels = labels;
  return {
    name: metadata?.name ?? '',
    deployment: metadata?.ownerReferences?.find(({ kind }) => kind === 'Deployment')?.name ?? '',
    revision: Number(metadata?.annotations?.[REVISION] ?? 0),
    hash,
    ready: status?.readyReplicas ?? 0,
    cause: metadata?.annotations?.[CHANGE_CAUSE] ?? '',
    template,
  };
}
