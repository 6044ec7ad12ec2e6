import { type JsonObject, objectAt } from '../json.ts';
import { templateHash, uid } from '../names.ts';
import { type ClusterContext, type KubernetesObject, type Resource, timestamp } from '../resource.ts';
import { isReady, livePods, rolloutLimits } from '../rollout.ts';
import type { DeploymentState, PodState, TemplateState } from '../state.ts';
import { replicaSetColumns } from '../tables/replica-sets.ts';
import { CHANGE_CAUSE, replicaSetName, templatesOf } from '../templates.ts';
import { podTemplate, REVISION, selectorOf } from './deployments.ts';

/** One for each template that a deployment has or had; computed, so they are changed through their deployment. */
export const replicaSets: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  verbs: ['get', 'list', 'watch'],
  columns: replicaSetColumns,
  list: (context) =>
    Object.values(context.cluster.deployments).flatMap((deployment) =>
      knownTemplates(context, deployment).map((template) => render(context, deployment, template)),
    ),
  get: (context, name) => replicaSets.list(context).find(({ metadata }) => metadata.name === name),
};

/** Pods of a saved world may be of a template from before there was a history. */
function knownTemplates({ cluster }: ClusterContext, deployment: DeploymentState): TemplateState[] {
  const templates = templatesOf(deployment);
  const numbers = new Set(livePods(cluster, deployment.name).map((pod) => pod.templateRevision));
  for (const { number } of templates) numbers.delete(number);
  const unknown = [...numbers].map((number) => ({
    number,
    revision: number,
    annotations: {},
    createdAt: deployment.createdAt,
    replicas: 0,
  }));
  return [...unknown, ...templates];
}

function render(context: ClusterContext, deployment: DeploymentState, template: TemplateState): KubernetesObject {
  const { cluster, now } = context;
  const { number, revision, createdAt } = template;
  const name = replicaSetName(cluster.region, deployment.name, number);
  const hash = { 'pod-template-hash': templateHash(cluster.region, deployment.name, number) };
  const pods = livePods(cluster, deployment.name).filter((pod) => pod.templateRevision === number);
  const isCurrent = number === deployment.templateRevision;
  const podTemplateObject = podTemplate(context, deployment, template);
  const templateMetadata = objectAt(podTemplateObject, 'metadata');
  const labels = { ...objectAt(templateMetadata, 'labels'), ...hash };
  const cause = isCurrent ? deployment.annotations[CHANGE_CAUSE] : template.changeCause;
  return {
    metadata: {
      name,
      namespace: deployment.namespace,
      uid: uid(cluster.region, 'replicaset', name),
      resourceVersion: context.versionOf('replicasets', name),
      generation: revision,
      creationTimestamp: timestamp(createdAt),
      labels,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(deployment.replicas),
        'deployment.kubernetes.io/max-replicas': String(deployment.replicas + rolloutLimits(deployment.replicas).surge),
        [REVISION]: String(revision),
        ...(cause === undefined ? {} : { [CHANGE_CAUSE]: cause }),
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: deployment.name,
          uid: deployment.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: template.replicas,
      selector: { matchLabels: { ...selectorOf(deployment), ...hash } },
      template: { ...podTemplateObject, metadata: { ...templateMetadata, labels } },
    },
    status: status(pods, revision, now),
  };
}

function status(pods: PodState[], observedGeneration: number, now: number): JsonObject {
  const ready = pods.filter((pod) => isReady(pod, now)).length;
  return {
    replicas: pods.length,
    ...(pods.length > 0 ? { fullyLabeledReplicas: pods.length } : {}),
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    observedGeneration,
  };
}
