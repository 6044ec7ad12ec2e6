import type { System } from '../../src/domain/system.ts';
import type { ClusterState } from '../world/state.ts';
import { type JsonObject, stringsAt } from './json.ts';

/** What a request of one cluster may touch. */
export interface ClusterContext {
  system: System;
  cluster: ClusterState;
  /** World time, epoch milliseconds. */
  now: number;
  /** Tells the controllers that something they reconcile changed; silent in a dry run. */
  reconcile(): void;
  /** Begins the end of a pod. */
  deletePod(name: string): void;
}

export interface KubernetesObject extends JsonObject {
  metadata: JsonObject;
}

export type Verb = 'get' | 'list' | 'update' | 'patch' | 'delete';

/** One kind of the API: how it is called, how state becomes an object, and what a write does to state. */
export interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: string[];
  namespaced: boolean;
  verbs: Verb[];
  /** Every object of the cluster, without `kind` and `apiVersion`. */
  list(context: ClusterContext): KubernetesObject[];
  get(context: ClusterContext, name: string): KubernetesObject | undefined;
  /** Carries a checked, changed object over to state; throws the API's Status where the server refuses it. */
  write?(context: ClusterContext, name: string, next: KubernetesObject): void;
  remove?(context: ClusterContext, name: string): void;
  /** Values that field selectors may ask for, besides metadata.name and metadata.namespace. */
  fields?(object: KubernetesObject): Record<string, string | undefined>;
  subresources?: Record<string, Subresource>;
}

/** A view of the same object under a kind of its own, like a deployment's scale. */
export interface Subresource {
  group: string;
  version: string;
  kind: string;
  verbs: Verb[];
  get(context: ClusterContext, name: string): KubernetesObject | undefined;
  write(context: ClusterContext, name: string, next: KubernetesObject): void;
}

export const apiVersion = ({ group, version }: { group: string; version: string }) =>
  group ? `${group}/${version}` : version;

/** RFC 3339 with whole seconds, as the API writes times. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

interface StoredObject {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export function metadata(object: StoredObject): JsonObject {
  return {
    name: object.name,
    namespace: object.namespace,
    uid: object.uid,
    resourceVersion: object.resourceVersion,
    ...(object.generation === undefined ? {} : { generation: object.generation }),
    creationTimestamp: timestamp(object.createdAt),
    labels: { ...object.labels },
    ...(Object.keys(object.annotations).length > 0 ? { annotations: { ...object.annotations } } : {}),
  };
}

/** Labels and annotations of a written object, the only metadata that a writer may change. */
export function writtenMetadata(object: KubernetesObject): Pick<StoredObject, 'labels' | 'annotations'> {
  return { labels: stringsAt(object.metadata, 'labels'), annotations: stringsAt(object.metadata, 'annotations') };
}

/** The next revision of the cluster, which the changed object carries as its resource version. */
export function nextVersion(cluster: ClusterState): string {
  cluster.revision += 1;
  return String(cluster.revision);
}
