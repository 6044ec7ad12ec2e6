import { objectAt, textOf } from '../json.ts';
import { uid } from '../names.ts';
import { type KubernetesObject, type Resource, timestamp } from '../resource.ts';
import type { ClusterEvent } from '../state.ts';
import { eventColumns } from '../tables/events.ts';

export const events: Resource = {
  group: '',
  version: 'v1',
  kind: 'Event',
  model: 'CoreV1Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  isPlain: true,
  namespaced: true,
  verbs: ['get', 'list', 'watch'],
  columns: eventColumns,
  list: ({ cluster }) => (cluster.events ?? []).map((event) => rendered(cluster.region, event)),
  get({ cluster }, name) {
    const event = cluster.events?.find((other) => other.name === name);
    return event && rendered(cluster.region, event);
  },
  fields(object) {
    const {
      kind,
      namespace,
      name,
      uid: own,
      fieldPath,
      resourceVersion,
      apiVersion,
    } = objectAt(object, 'involvedObject');
    return {
      'involvedObject.kind': textOf(kind),
      'involvedObject.namespace': textOf(namespace),
      'involvedObject.name': textOf(name),
      'involvedObject.uid': textOf(own),
      'involvedObject.fieldPath': textOf(fieldPath),
      'involvedObject.resourceVersion': textOf(resourceVersion),
      'involvedObject.apiVersion': textOf(apiVersion),
      reason: textOf(object.reason),
      reportingComponent: textOf(object.reportingComponent),
      source: textOf(objectAt(object, 'source').component),
      type: textOf(object.type),
    };
  },
};

const API_VERSIONS: Record<string, string> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
};

/** There are hundreds of them, and they hardly change. */
const known = new WeakMap<ClusterEvent, { resourceVersion: string; object: KubernetesObject }>();

function rendered(region: string, event: ClusterEvent): KubernetesObject {
  const { resourceVersion } = event;
  const before = known.get(event);
  if (before?.resourceVersion === resourceVersion) return before.object;
  const object = render(region, event);
  known.set(event, { resourceVersion, object });
  return object;
}

function render(region: string, event: ClusterEvent): KubernetesObject {
  const { involved, component, host } = event;
  return {
    metadata: {
      name: event.name,
      namespace: involved.namespace,
      uid: uid(region, 'event', event.name),
      resourceVersion: event.resourceVersion,
      creationTimestamp: timestamp(event.firstAt),
    },
    involvedObject: { ...involved, apiVersion: API_VERSIONS[involved.kind] ?? 'v1' },
    reason: event.reason,
    message: event.message,
    source: { component, ...(host === undefined ? {} : { host }) },
    firstTimestamp: timestamp(event.firstAt),
    lastTimestamp: timestamp(event.lastAt),
    count: event.count,
    type: event.type,
    eventTime: null,
    reportingComponent: component,
    reportingInstance: host ?? '',
  };
}
