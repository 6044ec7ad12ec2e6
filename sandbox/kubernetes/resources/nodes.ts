import type { ClusterState } from '../../world/state.ts';
import { uid } from '../names.ts';
import { type ClusterContext, type KubernetesObject, type Resource, timestamp } from '../resource.ts';
import { nodeColumns } from '../tables/nodes.ts';

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
  verbs: ['get', 'list', 'watch'],
  columns: nodeColumns,
  list: (context) => context.cluster.nodes.map((node, index) => render(context, node, index)),
  get(context, name) {
    const index = context.cluster.nodes.findIndex((node) => node.name === name);
    const node = context.cluster.nodes[index];
    return node && render(context, node, index);
  },
};

/** The node's private IPv4 address, which its name is made of where it has the form that EC2 gives it. */
export function nodeAddress({ nodes: all }: ClusterState, name: string): string {
  const match = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\./.exec(name);
  if (match) return match.slice(1).join('.');
  return `10.0.0.${10 + all.findIndex((node) => node.name === name)}`;
}

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
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': 'm5.xlarge',
        'topology.kubernetes.io/region': cluster.region,
        'topology.kubernetes.io/zone': zone,
      },
    },
    spec: { providerID: `aws:///${zone}/${node.name}` },
    status: {
      capacity: { ...allocatable, cpu: String(Math.ceil(node.allocatableMillicores / 1000)) },
      allocatable,
      addresses: [
        { type: 'InternalIP', address: nodeAddress(cluster, node.name) },
        { type: 'Hostname', address: node.name },
      ],
      nodeInfo: {
        machineID: '',
        systemUUID: uid(cluster.region, 'node system', node.name),
        bootID: uid(cluster.region, 'node boot', node.name),
        kernelVersion: '6.12.40-64.114.amzn2023.x86_64',
        osImage: 'Amazon Linux 2023 (simulated)',
        containerRuntimeVersion: 'containerd://2.0.5',
        kubeletVersion: 'v1.33.4-eks-simulated',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastHeartbeatTime: timestamp(CREATED),
          lastTransitionTime: timestamp(CREATED),
        },
      ],
    },
  };
}
