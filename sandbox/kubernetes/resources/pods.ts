import { createHash } from 'node:crypto';
import { podAddress } from '../../aws/elbv2/targets.ts';
import { unschedulable } from '../controllers/pods.ts';
import { type JsonObject, objectAt, textOf } from '../json.ts';
import { logOf } from '../logs/index.ts';
import { templateHash, uid } from '../names.ts';
import { firstPods, podsOf } from '../pod-template.ts';
import { type ClusterContext, type KubernetesObject, metadata, type Resource, timestamp } from '../resource.ts';
import { isReady, startedAt } from '../rollout.ts';
import type { DeploymentState, PodState } from '../state.ts';
import { objectsAt } from '../tables/column.ts';
import { podColumns } from '../tables/pods.ts';
import { replicaSetName } from '../templates.ts';
import { evictions } from './evictions.ts';
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
  subresources: { eviction: evictions },
  texts: { log: (context, name, query) => logOf(context, name, query) },
  inContainers: {
    attach: 'terminals',
    exec: 'shells',
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
  const { labels, spec } = ownPods(system.kubernetes.secret.name, cluster.deployments[pod.deployment], pod);
  const replicaSet = replicaSetName(cluster.region, pod.deployment, pod.templateRevision);
  const isOfDeployment = pod.deployment !== '';
  const hash = { 'pod-template-hash': templateHash(cluster.region, pod.deployment, pod.templateRevision) };
  const owner = ownerOf(context, pod, replicaSet);
  return {
    metadata: {
      ...metadata({ ...pod, labels: { ...labels, ...(isOfDeployment ? hash : {}) }, annotations: {} }),
      ...(isOfDeployment ? { generateName: `${replicaSet}-` } : {}),
      ...(owner ? { ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] } : {}),
      ...(pod.deletedAt === undefined
        ? {}
        : { deletionTimestamp: timestamp(pod.deletedAt + 30_000), deletionGracePeriodSeconds: 30 }),
    },
    spec: { ...spec, ...(pod.node ? { nodeName: pod.node } : {}) },
    status: status(context, pod, objectsAt(spec, 'containers')),
  };
}

function ownPods(secret: string, deployment: DeploymentState | undefined, pod: PodState) {
  if (pod.pods) return pod.pods;
  if (deployment) return podsOf(secret, deployment, pod);
  // Its deployment is gone already, and it on its way.
  return firstPods(secret, { name: pod.deployment, podMillicores: 0, podMemoryMebibytes: 0 });
}

function ownerOf({ cluster }: ClusterContext, pod: PodState, replicaSet: string): JsonObject | undefined {
  if (pod.job !== undefined) {
    const job = cluster.objects?.jobs?.[pod.job];
    return job && { apiVersion: 'batch/v1', kind: 'Job', name: pod.job, uid: job.uid };
  }
  if (pod.deployment === '') return undefined;
  const own = uid(cluster.region, 'replicaset', replicaSet);
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSet, uid: own };
}

function status({ now, cluster }: ClusterContext, pod: PodState, containers: JsonObject[]): JsonObject {
  const condition = (type: string, holds: boolean, at: number, reason?: string, message?: string) => ({
    type,
    status: holds ? 'True' : 'False',
    lastTransitionTime: timestamp(at),
    ...(reason && !holds ? { reason, message: message ?? reason } : {}),
  });
  if (!pod.node) {
    return {
      phase: 'Pending',
      qosClass: 'Burstable',
      conditions: [condition('PodScheduled', false, pod.createdAt, 'Unschedulable', unschedulable(cluster, pod))],
    };
  }
  const node = cluster.nodes.find(({ name }) => name === pod.node);
  // The kubelet says it, and a lost one says nothing: until the node is given up all looks as it did.
  const isUnheard = pod.lostAt !== undefined && node?.isNotReady !== true;
  const seen = isUnheard ? { ...pod, lostAt: undefined } : pod;
  const at = isUnheard ? (pod.lostAt ?? now) : now;
  const ready = isReady(seen as PodState, at);
  const started = at >= startedAt(pod) && pod.waiting?.reason !== 'ErrImagePull' && !isPulling(pod);
  const since = ready
    ? pod.readyAt
    : (pod.waiting?.since ?? pod.unreadySince ?? pod.ended?.finishedAt ?? pod.scheduledAt);
  const unready = `containers with unready status: [${containers.map(({ name }) => textOf(name)).join(' ')}]`;
  return {
    phase: pod.finished ?? (started ? 'Running' : 'Pending'),
    qosClass: 'Burstable',
    startTime: timestamp(pod.scheduledAt),
    hostIP: nodeAddress(cluster, pod.node),
    podIP: podAddress(pod),
    podIPs: [{ ip: podAddress(pod) }],
    conditions: [
      condition('PodScheduled', true, pod.scheduledAt),
      condition('Initialized', true, pod.scheduledAt),
      condition('ContainersReady', ready, since, pod.finished ? 'PodCompleted' : 'ContainersNotReady', unready),
      condition('Ready', ready, since, pod.finished ? 'PodCompleted' : 'ContainersNotReady', unready),
    ],
    containerStatuses: containers.map((container) => containerStatus(pod, container, { ready, started })),
  };
}

const isPulling = ({ trouble, waiting }: PodState) => trouble === 'image' || waiting?.reason === 'ImagePullBackOff';

function containerStatus(
  pod: PodState,
  container: JsonObject,
  { ready, started }: { ready: boolean; started: boolean },
): JsonObject {
  const image = textOf(container.image);
  const id = { containerID: `containerd://${sha256(pod.uid)}` };
  const isRunning = started && !pod.waiting && !pod.finished;
  return {
    name: textOf(container.name),
    image,
    imageID: started ? `${image.replace(/:[^:/]*$/, '')}@sha256:${sha256(image)}` : '',
    ready,
    started: isRunning,
    ...(started ? id : {}),
    restartCount: pod.restarts ?? 0,
    state: stateOf(pod, isRunning),
    ...(pod.ended && !pod.finished ? { lastState: { terminated: { ...ending(pod.ended), ...id } } } : {}),
  };
}

function stateOf(pod: PodState, isRunning: boolean): JsonObject {
  const { waiting, ended, finished } = pod;
  if (isRunning) return { running: { startedAt: timestamp(startedAt(pod)) } };
  if (ended && (finished || waiting?.reason === ended.reason)) return { terminated: ending(ended) };
  if (!waiting) return { waiting: { reason: 'ContainerCreating' } };
  return { waiting: { reason: waiting.reason, ...(waiting.message === '' ? {} : { message: waiting.message }) } };
}

function ending({ reason, exitCode, startedAt: from, finishedAt }: NonNullable<PodState['ended']>): JsonObject {
  return { exitCode, reason, startedAt: timestamp(from), finishedAt: timestamp(finishedAt) };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
