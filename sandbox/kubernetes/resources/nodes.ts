import { MOST_PODS } from '../controllers/pods.ts';
import type { JsonObject } from '../json.ts';
import { uid } from '../names.ts';
import { type ClusterContext, type KubernetesObject, type Resource, timestamp } from '../resource.ts';
import type { ClusterState, NodeState } from '../state.ts';
import { nodeColumns } from '../tables/nodes.ts';
import { zoneOf } from '../zones.ts';

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
  list: (context) => context.cluster.nodes.map((node) => render(context, node)),
  get(context, name) {
    const node = context.cluster.nodes.find((other) => other.name === name);
    return node && render(context, node);
  },
};

/** The node's private IPv4 address, which its name is made of where it has the form that EC2 gives it. */
export function nodeAddress({ nodes: all }: ClusterState, name: string): string {
  const match = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\./.exec(name);
  if (match) return match.slice(1).join('.');
  return `10.0.0.${10 + all.findIndex((node) => node.name === name)}`;
}

function render(context: ClusterContext, node: NodeState): KubernetesObject {
  const { cluster } = context;
  const allocatable = {
    cpu: `${node.allocatableMillicores}m`,
    memory: `${node.allocatableMemoryMebibytes}Mi`,
    pods: String(MOST_PODS),
  };
  const zone = zoneOf(cluster, node);
  return {
    metadata: {
      name: node.name,
      uid: uid(cluster.region, 'node', node.name),
      resourceVersion: context.versionOf('nodes', node.name),
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
    spec: {
      providerID: `aws:///${zone}/${node.name}`,
      ...(node.isNotReady
        ? { taints: UNREACHABLE.map((effect) => ({ key: 'node.kubernetes.io/unreachable', effect })) }
        : {}),
    },
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
      conditions: [readyCondition(node)],
    },
  };
}

/** What keeps pods away from a node that is not heard of. */
const UNREACHABLE = ['NoSchedule', 'NoExecute'];

function readyCondition({ downSince, isNotReady }: NodeState): JsonObject {
  if (!isNotReady || downSince === undefined) {
    return {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
      lastHeartbeatTime: timestamp(downSince ?? CREATED),
      lastTransitionTime: timestamp(CREATED),
    };
  }
  return {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastHeartbeatTime: timestamp(downSince),
    lastTransitionTime: timestamp(downSince),
  };
}
