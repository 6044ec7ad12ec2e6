import { createHash } from 'node:crypto';
import { podAddress } from '../../aws/elbv2/targets.ts';
import type { PodState } from '../../world/state.ts';
import { type JsonObject, objectAt, textOf } from '../json.ts';
import { templateHash, uid } from '../names.ts';
import { type ClusterContext, type KubernetesObject, metadata, type Resource, timestamp } from '../resource.ts';
import { isReady, startedAt } from '../rollout.ts';
import { podColumns } from '../tables/pods.ts';
import { replicaSetName } from '../templates.ts';
import { podSpec } from './deployments.ts';
import { nodeAddress } from './nodes.ts';

export const pods: Resource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  namespaced: true,
  categories: ['all'],
  verbs: ['get', 'list', 'watch', 'delete'],
  columns: podColumns,
  stored: (cluster, name) => cluster.pods[name],
  list: (context) => Object.values(context.cluster.pods).map((pod) => render(context, pod)),
  get(context, name) {
    const pod = context.cluster.pods[name];
    return pod && render(context, pod);
  },
  remove: (context, name, { gracePeriodSeconds }) => context.deletePod(name, gracePeriodSeconds === 0),
  inContainers: {
    attach: 'terminals',
    exec: 'shells',
    log: 'logs',
    portforward: 'ports to forward',
    proxy: 'ports to forward',
  },
  fields: (object) => ({
    'spec.nodeName': textOf(objectAt(object, 'spec').nodeName),
    'status.phase': textOf(objectAt(object, 'status').phase),
  }),
};

function render(context: ClusterContext, pod: PodState): KubernetesObject {
  const { cluster, system } = context;
  const hash = templateHash(cluster.region, pod.deployment, pod.templateRevision);
  const replicaSet = replicaSetName(cluster.region, pod.deployment, pod.templateRevision);
  const deployment = cluster.deployments[pod.deployment];
  const labels = { app: pod.deployment, 'pod-template-hash': hash };
  return {
    metadata: {
      ...metadata({ ...pod, labels, annotations: {} }),
      generateName: `${replicaSet}-`,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: replicaSet,
          uid: uid(cluster.region, 'replicaset', replicaSet),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      ...(pod.deletedAt === undefined
        ? {}
        : { deletionTimestamp: timestamp(pod.deletedAt + 30_000), deletionGracePeriodSeconds: 30 }),
    },
    spec: {
      ...(deployment ? podSpec(system.kubernetes.secret.name, deployment) : { containers: [] }),
      ...(pod.node ? { nodeName: pod.node } : {}),
    },
    status: status(context, pod),
  };
}

function status({ now, cluster }: ClusterContext, pod: PodState): JsonObject {
  const condition = (type: string, holds: boolean, at: number, reason?: string, message?: string) => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: timestamp(at),
    ...(reason && !holds ? { reason, message: message ?? reason } : {}),
  });
  if (!pod.node) {
    const message = `0/${cluster.nodes.length} nodes are available: ${cluster.nodes.length} Insufficient cpu.`;
    return {
      phase: 'Pending',
      qosClass: 'Burstable',
      conditions: [condition('PodScheduled', false, pod.createdAt, 'Unschedulable', message)],
    };
  }
  const started = now >= startedAt(pod);
  const ready = isReady(pod, now);
  const since = ready ? pod.readyAt : pod.scheduledAt;
  const unready = `containers with unready status: [${pod.deployment}]`;
  return {
    phase: started ? 'Running' : 'Pending',
    qosClass: 'Burstable',
    startTime: timestamp(pod.scheduledAt),
    hostIP: nodeAddress(cluster, pod.node),
    podIP: podAddress(pod),
    podIPs: [{ ip: podAddress(pod) }],
    conditions: [
      condition('PodScheduled', true, pod.scheduledAt),
      condition('Initialized', true, pod.scheduledAt),
      condition('ContainersReady', ready, since, 'ContainersNotReady', unready),
      condition('Ready', ready, since, 'ContainersNotReady', unready),
    ],
    containerStatuses: [
      {
        name: pod.deployment,
        image: `registry.example.com/${pod.deployment}:1.0.0`,
        imageID: started ? imageId(pod.deployment) : '',
        ready,
        started,
        ...(started ? { containerID: `containerd://${sha256(pod.uid)}` } : {}),
        restartCount: 0,
        state: started
          ? { running: { startedAt: timestamp(startedAt(pod)) } }
          : { waiting: { reason: 'ContainerCreating' } },
      },
    ],
  };
}

function imageId(deployment: string): string {
  return `registry.example.com/${deployment}@sha256:${sha256(deployment)}`;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
