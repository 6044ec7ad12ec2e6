import { renderManagers } from './apply/managers.ts';
import { ownAll } from './apply/ownership.ts';
import { textOf } from './json.ts';
import { apiVersion, identify, type KubernetesObject, type Resource } from './resource.ts';
import { modelOf, schemaOf } from './schema/schema.ts';
import type { ClusterState, FieldManager } from './state.ts';

/** Who created the objects that a world begins with. */
const CREATOR = 'kubectl-create';

/** An object as the API shows it: with its kind, its version, and whose fields are whose. */
export function present(resource: Resource, cluster: ClusterState, plain: KubernetesObject): KubernetesObject {
  const object = identify(resource, plain);
  if (!resource.verbs.includes('patch')) return object;
  const managers = renderManagers(managersOf(resource, cluster, object));
  if (managers.length === 0) return object;
  return { ...object, metadata: { ...object.metadata, managedFields: managers } };
}

/** Owners of an object's fields; until somebody writes it, they are whoever created it. */
export function managersOf(resource: Resource, cluster: ClusterState, object: KubernetesObject): FieldManager[] {
  const stored = resource.stored?.(cluster, textOf(object.metadata.name));
  if (stored?.managers) return stored.managers;
  const at = Date.parse(textOf(object.metadata.creationTimestamp));
  const writer = { manager: CREATOR, operation: 'Update', apiVersion: apiVersion(resource), at } as const;
  return [ownAll(object, schemaOf(modelOf(resource)), writer)];
}
