import { uid } from '../names.ts';
import { type ClusterContext, type KubernetesObject, type Resource, timestamp } from '../resource.ts';
import { namespaceColumns } from '../tables/simple.ts';

const CREATED = Date.UTC(2026, 0, 1);

const names = ({ system }: ClusterContext) => ['default', 'kube-system', system.kubernetes.namespace];

export const namespaces: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['get', 'list', 'watch'],
  columns: namespaceColumns,
  list: (context) => names(context).map((name) => render(context, name)),
  get: (context, name) => (names(context).includes(name) ? render(context, name) : undefined),
};

function render({ cluster }: ClusterContext, name: string): KubernetesObject {
  return {
    metadata: {
      name,
      uid: uid(cluster.region, 'namespace', name),
      resourceVersion: '800',
      creationTimestamp: timestamp(CREATED),
      labels: { 'kubernetes.io/metadata.name': name },
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
