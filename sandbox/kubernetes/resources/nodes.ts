import type { ClusterState } from '../../world/state.ts';
import { uid } from '../names.ts';
import { type ClusterContext, type KubernetesObject, type Resource, timestamp } from '../resource.ts';

/** Long before the world begins, so that it is the same in every world. */
const CREATED = Date.UTC(2026, 0, 1);

export const nodes: Resource = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  verbs: ['get', 'list'],
  list: (context) => context.cluster.nodes.map((node, index) => render(context, node, index)),
  get(context, name) {
    const index = context.cluster.nodes.findIndex((node) => node.name === name);
    const node = context.cluster.nodes[index];
    return node && render(context, node, index);
  },
};

function render({ cluster }: ClusterContext, node: ClusterState['nodes'][number], index: number): KubernetesObject {
  const allocatable = {
    cpu: `${node.allocatableMillicores}m`,
    memory: `${node.allocatableMemoryMebibytes}Mi`,
    pods: '58',
  };
  const zone = `${cluster.region}${'abc'[index % 3]}`;
  return {
    metadata: {
      name: node.name,
      uid: uid(cluster.region, 'node', node.name),
      resourceVersion: '900',
      creationTimestamp: timestamp(CREATED),
      labels: {
        'kubernetes.io/hostname': node.name,
        'node.kubernetes.io/instance-type': 'm5.xlarge',
        'topology.kubernetes.io/region': cluster.region,
        'topology.kubernetes.io/zone': zone,
      },
    },
    spec: { providerID: `aws:///${zone}/${node.name}` },
    status: {
      capacity: { ...allocatable, cpu: String(Math.ceil(node.allocatableMillicores / 1000)) },
      allocatable,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastTransitionTime: timestamp(CREATED),
        },
      ],
    },
  };
}
