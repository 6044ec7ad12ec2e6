import type { System } from '../../src/domain/system.ts';
import { type JsonObject, stringsAt, textOf } from './json.ts';
import { uid } from './names.ts';
import type { ClusterState, FieldManager } from './state.ts';
import type { Column } from './tables/column.ts';

/** What a request of one cluster may touch. */
export interface ClusterContext {
  system: System;
  cluster: ClusterState;
  /** World time, epoch milliseconds. */
  now: number;
  /** Tells the controllers that something they reconcile changed; silent in a dry run. */
  reconcile(): void;
  /** Begins the end of a pod; at once: nobody waits for its containers. */
  deletePod(name: string, atOnce: boolean): void;
  /** Resource version of an object that is computed, and has none in the state. */
  versionOf(plural: string, name: string): string;
  /** Whether users are sent to this region, so that its processors are busy. */
  serving: boolean;
}

export interface KubernetesObject extends JsonObject {
  metadata: JsonObject;
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

export interface DeleteOptions {
  /** 0: the object is gone at once. */
  gracePeriodSeconds?: number;
}

/** The part of an object's state by which it is versioned. */
export interface StoredVersion {
  resourceVersion: string;
  managers?: FieldManager[];
}

/** One kind of the API: how it is called, how state becomes an object, and what a write does to state. */
export interface Resource {
  group: string;
  version: string;
  kind: string;
  /** Name of the kind's type in the Kubernetes client, where it is not version and kind (`V1Pod`). */
  model?: string;
  plural: string;
  singular: string;
  shortNames: string[];
  /** What an object shows changes with its version alone, never with time or other objects. */
  isPlain?: boolean;
  /** Names that stand for several kinds: `all`. */
  categories?: string[];
  namespaced: boolean;
  verbs: Verb[];
  /** What `kubectl get` shows of it. */
  columns: readonly Column[];
  /** What state keeps of an object; absent for kinds that are computed. */
  stored?(cluster: ClusterState, name: string): StoredVersion | undefined;
  /** Every object of the cluster, without `kind` and `apiVersion`. */
  list(context: ClusterContext): KubernetesObject[];
  get(context: ClusterContext, name: string): KubernetesObject | undefined;
  /** Carries a checked, changed object over to state; throws the API's Status where the server refuses it. */
  write?(context: ClusterContext, name: string, next: KubernetesObject): void;
  /** Adds a new object to state; absent for kinds that only the world itself makes. */
  create?(context: ClusterContext, name: string, object: KubernetesObject): void;
  remove?(context: ClusterContext, name: string, options: DeleteOptions): void;
  /** Values that field selectors may ask for, besides metadata.name and metadata.namespace. */
  fields?(object: KubernetesObject): Record<string, string | undefined>;
  subresources?: Record<string, Subresource>;
  /** Subresources that answer with plain text, by name. Throws the API's Status. */
  texts?: Record<string, (context: ClusterContext, name: string, query: URLSearchParams) => string>;
  /** Subresources that would need containers that really run, and what they are called. */
  inContainers?: Record<string, string>;
}

/** A view of the same object under a kind of its own, like a deployment's scale. */
export interface Subresource {
  group: string;
  version: string;
  kind: string;
  verbs: Verb[];
  get(context: ClusterContext, name: string): KubernetesObject | undefined;
  write?(context: ClusterContext, name: string, next: KubernetesObject): void;
  /** What a POST to it does; the answer's object. */
  create?(context: ClusterContext, name: string, object: KubernetesObject): JsonObject;
}

export const apiVersion = ({ group, version }: { group: string; version: string }) =>
  group ? `${group}/${version}` : version;

/** An object with the kind and version that it is served as. */
export const identify = (
  kind: { group: string; version: string; kind: string },
  object: KubernetesObject,
): KubernetesObject => ({ kind: kind.kind, apiVersion: apiVersion(kind), ...object });

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

/** What state keeps of every object, for one that is created now. */
export function newObject(
  { cluster, now }: ClusterContext,
  object: KubernetesObject,
  ofKind: string,
): StoredObject & { generation: number } {
  const [name, namespace] = [textOf(object.metadata.name), textOf(object.metadata.namespace)];
  const resourceVersion = nextVersion(cluster);
  return {
    namespace,
    name,
    // Another object of the same name, later, is another object.
    uid: uid(cluster.region, ofKind, name, resourceVersion),
    resourceVersion,
    generation: 1,
    createdAt: now,
    ...writtenMetadata(object),
  };
}

/** The next revision of the cluster, which the changed object carries as its resource version. */
export function nextVersion(cluster: ClusterState): string {
  cluster.revision += 1;
  return String(cluster.revision);
}
