import { firstDifference, isObject, type JsonObject, objectAt, sameJson, stringsAt, textOf } from '../json.ts';
import { keptPods, podsOf, readPods } from '../pod-template.ts';
import {
  type ClusterContext,
  type KubernetesObject,
  metadata,
  newObject,
  nextVersion,
  type Resource,
  timestamp,
  writtenMetadata,
} from '../resource.ts';
import { PROGRESS_DEADLINE_SECONDS, rolloutStatus } from '../rollout.ts';
import type { DeploymentState, PodTemplate } from '../state.ts';
import { invalid, notSimulated } from '../status.ts';
import { objectsAt } from '../tables/column.ts';
import { deploymentColumns } from '../tables/deployments.ts';
import { currentTemplate, HISTORY_LIMIT, replicaSetName, templatesOf, withTemplate } from '../templates.ts';
import { deploymentScale } from './scale.ts';

export const REVISION = 'deployment.kubernetes.io/revision';

export const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  namespaced: true,
  categories: ['all'],
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  columns: deploymentColumns,
  stored: (cluster, name) => cluster.deployments[name],
  list: (context) => Object.values(context.cluster.deployments).map((state) => render(context, state)),
  get(context, name) {
    const state = context.cluster.deployments[name];
    return state && render(context, state);
  },
  write(context, name, next) {
    const state = context.cluster.deployments[name];
    if (!state) return;
    const replicas = checkedReplicas(next);
    const secret = context.system.kubernetes.secret.name;
    const content = writtenTemplate(next);
    const pods = keptPods(secret, state, content.pods);
    const { pods: before, ...rest } = state;
    const candidate: DeploymentState = {
      ...rest,
      ...writtenMetadata(next),
      replicas,
      templateAnnotations: content.annotations,
      ...(pods && { pods }),
    };
    delete candidate.annotations[REVISION];
    refuseOtherChanges(context, next, candidate);

    const templateChanged = !sameJson(content.annotations, state.templateAnnotations) || !samePods(pods, before);
    const specChanged = templateChanged || replicas !== state.replicas;
    const metadataChanged =
      !sameJson(candidate.labels, state.labels) || !sameJson(candidate.annotations, state.annotations);
    if (!specChanged && !metadataChanged) return;
    context.cluster.deployments[name] = {
      ...candidate,
      ...(templateChanged ? withTemplate(state, { ...content, pods }, context.now) : {}),
      generation: state.generation + (specChanged ? 1 : 0),
      resourceVersion: nextVersion(context.cluster),
    };
    if (specChanged) context.reconcile();
  },
  create(context, name, object) {
    const selector = stringsAt(object, 'spec', 'selector', 'matchLabels');
    if (Object.keys(selector).length === 0) throw invalid(deployments, name, 'spec.selector', 'Required value');
    const { annotations, pods } = writtenTemplate(object);
    const base = {
      ...newObject(context, object, 'deployment'),
      ...{ replicas: checkedReplicas(object), templateRevision: 1, templateAnnotations: annotations, pods, selector },
      ...{ podMillicores: 0, podMemoryMebibytes: 0, conditions: [], observedGeneration: 0 },
    };
    const state: DeploymentState = { ...base, templates: templatesOf({ ...base, replicas: 0 }) };
    refuseOtherChanges(context, object, state);
    context.cluster.deployments[name] = state;
    context.reconcile();
  },
  remove(context, name) {
    const { cluster } = context;
    delete cluster.deployments[name];
    cluster.revision += 1;
    // The garbage collector removes what belonged to it.
    for (const pod of Object.values(cluster.pods)) {
      if (pod.deployment === name && pod.deletedAt === undefined) context.deletePod(pod.name, false);
    }
  },
  subresources: { scale: deploymentScale },
};

function checkedReplicas(next: KubernetesObject): number {
  const { replicas } = objectAt(next, 'spec');
  if (replicas === undefined) return 1;
  if (typeof replicas === 'number' && Number.isInteger(replicas) && replicas >= 0) return replicas;
  const name = textOf(next.metadata.name);
  const problem =
    typeof replicas === 'number'
      ? `Invalid value: ${replicas}: must be greater than or equal to 0`
      : `Invalid value: ${JSON.stringify(replicas)}: must be an integer`;
  throw invalid(deployments, name, 'spec.replicas', problem);
}

/** What would change where or how pods run, and the world cannot carry. */
const NOT_CARRIED_OUT = ['initContainers', 'nodeSelector', 'affinity', 'nodeName', 'hostNetwork'];

const samePods = (a: PodTemplate | undefined, b: PodTemplate | undefined) => sameJson(a && { ...a }, b && { ...b });

/** The pod template that was written, complete; throws 422 where the API server would. */
function writtenTemplate(next: KubernetesObject): { annotations: Record<string, string>; pods: PodTemplate } {
  const name = textOf(next.metadata.name);
  const { template } = objectAt(next, 'spec');
  if (!isObject(template)) throw invalid(deployments, name, 'spec.template', 'Required value');
  const containers = objectsAt(template, 'spec', 'containers');
  if (containers.length === 0) throw invalid(deployments, name, 'spec.template.spec.containers', 'Required value');
  for (const [index, { name: of, image }] of containers.entries()) {
    const field = `spec.template.spec.containers[${index}]`;
    if (!textOf(of)) throw invalid(deployments, name, `${field}.name`, 'Required value');
    if (!textOf(image)) throw invalid(deployments, name, `${field}.image`, 'Required value');
  }
  const spec = objectAt(template, 'spec');
  const { restartPolicy = 'Always' } = spec;
  for (const field of NOT_CARRIED_OUT) {
    if (spec[field] !== undefined && !sameJson(spec[field], [])) {
      throw notSimulated(deployments, name, `a change of spec.template.spec.${field}`);
    }
  }
  if (restartPolicy !== 'Always') {
    const problem = `Unsupported value: ${JSON.stringify(restartPolicy)}: supported values: "Always"`;
    throw invalid(deployments, name, 'spec.template.spec.restartPolicy', problem);
  }
  const pods = readPods(template);
  const selector = stringsAt(next, 'spec', 'selector', 'matchLabels');
  if (Object.entries(selector).some(([key, value]) => pods.labels[key] !== value)) {
    const problem = `Invalid value: ${JSON.stringify(pods.labels)}: \`selector\` does not match template \`labels\``;
    throw invalid(deployments, name, 'spec.template.metadata.labels', problem);
  }
  return { annotations: stringsAt(template, 'metadata', 'annotations'), pods };
}

/** What state cannot carry must not be accepted and forgotten. */
function refuseOtherChanges(context: ClusterContext, next: KubernetesObject, candidate: DeploymentState): void {
  const { name } = candidate;
  const rendered = objectAt(render(context, candidate), 'spec');
  const { template: _, ...wanted } = objectAt(next, 'spec');
  if (wanted.selector === undefined) throw invalid(deployments, name, 'spec.selector', 'Required value');
  if (!sameJson(wanted.selector, rendered.selector)) {
    throw invalid(
      deployments,
      name,
      'spec.selector',
      `Invalid value: ${JSON.stringify(wanted.selector)}: field is immutable`,
    );
  }
  const path = firstDifference(wanted, rendered, 'spec');
  if (path !== undefined) throw notSimulated(deployments, name, `a change of ${path}`);
}

function render(context: ClusterContext, state: DeploymentState): KubernetesObject {
  const revision = String(currentTemplate(state)?.revision ?? state.templateRevision);
  const annotations = { ...state.annotations, [REVISION]: revision };
  return {
    metadata: metadata({ ...state, annotations }),
    spec: {
      replicas: state.replicas,
      selector: { matchLabels: selectorOf(state) },
      template: podTemplate(context, state, { annotations: state.templateAnnotations, pods: state.pods }),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: HISTORY_LIMIT,
      progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
    },
    status: status(context, state),
  };
}

/** Which pods are a deployment's own. */
export const selectorOf = ({ selector, name }: DeploymentState): Record<string, string> => selector ?? { app: name };

/** The pod template of a deployment, as it is or was. */
export function podTemplate(
  { system }: ClusterContext,
  state: DeploymentState,
  template: { annotations: Record<string, string>; pods?: PodTemplate | undefined },
): JsonObject {
  const { labels, spec } = podsOf(system.kubernetes.secret.name, state, template);
  const annotated = Object.keys(template.annotations).length > 0;
  return {
    metadata: { labels: { ...labels }, ...(annotated ? { annotations: { ...template.annotations } } : {}) },
    spec,
  };
}

/** Counts of zero are left out, as the real API leaves them out. */
function status({ cluster, now }: ClusterContext, state: DeploymentState): JsonObject {
  const { replicas, updated, ready } = rolloutStatus(cluster, state, now);
  // The controller writes it: what it has not seen yet does not count.
  const seen = state.observedGeneration === state.generation ? state.replicas : replicas;
  const unavailable = Math.max(0, Math.max(replicas, seen) - ready);
  const counts = {
    replicas,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: unavailable,
  };
  return {
    observedGeneration: state.observedGeneration,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    conditions: state.conditions.map((condition) => {
      const late = condition.reason === 'ReplicaSetUpdated' && now - condition.at > PROGRESS_DEADLINE_SECONDS * 1000;
      const reason = late ? 'ProgressDeadlineExceeded' : condition.reason;
      return {
        type: condition.type,
        status: late ? 'False' : condition.status,
        reason,
        message: messageOf(reason, replicaSetName(cluster.region, state.name, state.templateRevision)),
        lastUpdateTime: timestamp(condition.at),
        lastTransitionTime: timestamp(condition.at),
      };
    }),
  };
}

/** The deployment controller's own sentences. */
function messageOf(reason: string, replicaSet: string): string {
  switch (reason) {
    case 'MinimumReplicasAvailable':
      return 'Deployment has minimum availability.';
    case 'MinimumReplicasUnavailable':
      return 'Deployment does not have minimum availability.';
    case 'NewReplicaSetAvailable':
      return `ReplicaSet "${replicaSet}" has successfully progressed.`;
    case 'ProgressDeadlineExceeded':
      return `ReplicaSet "${replicaSet}" has timed out progressing.`;
    default:
      return `ReplicaSet "${replicaSet}" is progressing.`;
  }
}
