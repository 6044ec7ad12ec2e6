import type { DeploymentState } from '../../world/state.ts';
import { firstDifference, isObject, type JsonObject, objectAt, sameJson, stringsAt, textOf } from '../json.ts';
import {
  type ClusterContext,
  type KubernetesObject,
  metadata,
  nextVersion,
  type Resource,
  timestamp,
  writtenMetadata,
} from '../resource.ts';
import { PROGRESS_DEADLINE_SECONDS, rolloutStatus } from '../rollout.ts';
import { invalid, notSimulated } from '../status.ts';
import { deploymentColumns } from '../tables/deployments.ts';
import { currentTemplate, HISTORY_LIMIT, replicaSetName, withTemplate } from '../templates.ts';
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
  verbs: ['get', 'list', 'watch', 'update', 'patch'],
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
    const candidate: DeploymentState = {
      ...state,
      ...writtenMetadata(next),
      replicas,
      templateAnnotations: stringsAt(next, 'spec', 'template', 'metadata', 'annotations'),
    };
    delete candidate.annotations[REVISION];
    refuseOtherChanges(context, next, candidate);

    const templateChanged = !sameJson(candidate.templateAnnotations, state.templateAnnotations);
    const specChanged = templateChanged || replicas !== state.replicas;
    const metadataChanged =
      !sameJson(candidate.labels, state.labels) || !sameJson(candidate.annotations, state.annotations);
    if (!specChanged && !metadataChanged) return;
    context.cluster.deployments[name] = {
      ...candidate,
      ...(templateChanged ? withTemplate(state, candidate.templateAnnotations, context.now) : {}),
      generation: state.generation + (specChanged ? 1 : 0),
      resourceVersion: nextVersion(context.cluster),
    };
    if (specChanged) context.reconcile();
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

/** What state cannot carry must not be accepted and forgotten. */
function refuseOtherChanges(context: ClusterContext, next: KubernetesObject, candidate: DeploymentState): void {
  const { name } = candidate;
  const rendered = objectAt(render(context, candidate), 'spec');
  const wanted = objectAt(next, 'spec');
  if (wanted.selector === undefined) throw invalid(deployments, name, 'spec.selector', 'Required value');
  if (!sameJson(wanted.selector, rendered.selector)) {
    throw invalid(
      deployments,
      name,
      'spec.selector',
      `Invalid value: ${JSON.stringify(wanted.selector)}: field is immutable`,
    );
  }
  if (!isObject(wanted.template)) {
    throw invalid(deployments, name, 'spec.template', 'Required value');
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
      selector: { matchLabels: { app: state.name } },
      template: podTemplate(context, state, state.templateAnnotations),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: HISTORY_LIMIT,
      progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
    },
    status: status(context, state),
  };
}

/** The pod template of a deployment, with the annotations that it has or had. */
export function podTemplate(
  { system }: ClusterContext,
  state: DeploymentState,
  annotations: Record<string, string>,
): JsonObject {
  const annotated = Object.keys(annotations).length > 0;
  return {
    metadata: { labels: { app: state.name }, ...(annotated ? { annotations: { ...annotations } } : {}) },
    spec: { ...podSpec(system.kubernetes.secret.name, state), schedulerName: 'default-scheduler' },
  };
}

/** The containers of the deployment's pods, in its template and in the pods themselves. */
export function podSpec(secret: string, state: DeploymentState): JsonObject {
  const requests = { cpu: `${state.podMillicores}m`, memory: `${state.podMemoryMebibytes}Mi` };
  return {
    containers: [
      {
        name: state.name,
        image: `registry.example.com/${state.name}:1.0.0`,
        imagePullPolicy: 'IfNotPresent',
        envFrom: [{ secretRef: { name: secret } }],
        ports: [{ containerPort: 8080, protocol: 'TCP' }],
        resources: { requests, limits: { memory: requests.memory } },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
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
