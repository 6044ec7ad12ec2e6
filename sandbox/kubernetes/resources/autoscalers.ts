import { firstDifference, type JsonObject, objectAt, sameJson } from '../json.ts';
import { USUAL_LOAD, utilization } from '../load.ts';
import { requestsOf } from '../pod-template.ts';
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
import { livePods } from '../rollout.ts';
import type { AutoscalerState, DeploymentState } from '../state.ts';
import { invalid, notSimulated } from '../status.ts';
import { autoscalerColumns } from '../tables/autoscalers.ts';

export const autoscalers: Resource = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  namespaced: true,
  categories: ['all'],
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
  columns: autoscalerColumns,
  stored: (cluster, name) => cluster.autoscalers[name],
  list: (context) => Object.values(context.cluster.autoscalers).map((state) => render(context, state)),
  get(context, name) {
    const state = context.cluster.autoscalers[name];
    return state && render(context, state);
  },
  write(context, name, next) {
    const state = context.cluster.autoscalers[name];
    if (!state) return;
    const bounds = checkedBounds(name, next);
    const candidate: AutoscalerState = { ...state, ...writtenMetadata(next), ...bounds };
    refuseOtherSpec(context, next, candidate, 'a change of');
    const changed =
      bounds.minReplicas !== state.minReplicas ||
      bounds.maxReplicas !== state.maxReplicas ||
      !sameJson(candidate.labels, state.labels) ||
      !sameJson(candidate.annotations, state.annotations);
    if (!changed) return;
    context.cluster.autoscalers[name] = { ...candidate, resourceVersion: nextVersion(context.cluster) };
  },
  create(context, name, object) {
    const { kind, name: target } = objectAt(object, 'spec', 'scaleTargetRef');
    if (kind !== 'Deployment' || typeof target !== 'string') {
      throw notSimulated(autoscalers, name, 'autoscalers of anything but a deployment');
    }
    const state = { ...newObject(context, object, 'horizontalpodautoscaler'), target, ...checkedBounds(name, object) };
    refuseOtherSpec(context, object, state, 'an autoscaler with another');
    context.cluster.autoscalers[name] = state;
  },
  remove({ cluster }, name) {
    delete cluster.autoscalers[name];
    cluster.revision += 1;
  },
};

function checkedBounds(name: string, object: KubernetesObject): Pick<AutoscalerState, 'minReplicas' | 'maxReplicas'> {
  const spec = objectAt(object, 'spec');
  const minReplicas = replicas(name, 'minReplicas', spec.minReplicas ?? 1);
  const maxReplicas = replicas(name, 'maxReplicas', spec.maxReplicas ?? 0);
  if (maxReplicas < minReplicas) {
    const problem = `Invalid value: ${maxReplicas}: must be greater than or equal to \`minReplicas\``;
    throw invalid(autoscalers, name, 'spec.maxReplicas', problem);
  }
  return { minReplicas, maxReplicas };
}

/** What state cannot carry must not be accepted and forgotten. */
function refuseOtherSpec(
  context: ClusterContext,
  wanted: KubernetesObject,
  state: AutoscalerState,
  what: string,
): void {
  const path = firstDifference(objectAt(wanted, 'spec'), objectAt(render(context, state), 'spec'), 'spec');
  if (path !== undefined) throw notSimulated(autoscalers, state.name, `${what} ${path}`);
}

function replicas(name: string, field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  throw invalid(autoscalers, name, `spec.${field}`, `Invalid value: ${JSON.stringify(value)}: must be greater than 0`);
}

function render(context: ClusterContext, state: AutoscalerState): KubernetesObject {
  const { cluster, now } = context;
  const deployment = cluster.deployments[state.target];
  const { generation: _, ...objectMetadata } = metadata(state);
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: timestamp(Math.min(now, state.createdAt + 60_000)),
  });
  const disabled = deployment?.replicas === 0;
  return {
    metadata: objectMetadata,
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: state.target, apiVersion: 'apps/v1' },
      minReplicas: state.minReplicas,
      maxReplicas: state.maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: USUAL_LOAD } },
        },
      ],
    },
    status: {
      currentReplicas: livePods(cluster, state.target).length,
      desiredReplicas: deployment?.replicas ?? 0,
      ...(disabled || !deployment ? {} : { currentMetrics: [processors(context, deployment)] }),
      conditions: [
        condition('AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size'),
        disabled
          ? condition(
              'ScalingActive',
              'False',
              'ScalingDisabled',
              'scaling is disabled since the replica count of the target is zero',
            )
          : condition(
              'ScalingActive',
              'True',
              'ValidMetricFound',
              'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
            ),
      ],
    },
  };
}

/** As the controller takes it, over all pods that there are. */
function processors({ cluster, now, serving }: ClusterContext, deployment: DeploymentState): JsonObject {
  const percent = utilization(cluster, deployment.name, now, serving);
  const averageValue = `${Math.round((requestsOf(deployment).millicores * percent) / 100)}m`;
  const current = { averageUtilization: Math.round(percent), averageValue };
  return { type: 'Resource', resource: { name: 'cpu', current } };
}
