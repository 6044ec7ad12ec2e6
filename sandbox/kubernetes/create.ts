import { ownAll, type Writer } from './apply/ownership.ts';
import { checkName } from './identity.ts';
import { textOf } from './json.ts';
import { present } from './present.ts';
import { type ClusterContext, identify, type KubernetesObject } from './resource.ts';
import type { Route } from './route.ts';
import { modelOf, schemaOf } from './schema/schema.ts';
import { alreadyExists, invalid, notCreated } from './status.ts';
import type { Written } from './write.ts';

/** A name that objects of every simulated kind may have (RFC 1123 subdomain). */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Creates an object of a kind that the world can carry; the writer owns all of it. Throws the API's Status. */
export function create(context: ClusterContext, route: Route, object: KubernetesObject, writer: Writer): Written {
  const { resource, namespace } = route;
  const name = textOf(object.metadata.name);
  if (!resource.create) throw notCreated(resource);
  if (name === '') throw invalid(resource, '', 'metadata.name', 'Required value: name or generateName is required');
  if (name.length > 253 || !NAME.test(name)) {
    const problem = `Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`;
    throw invalid(resource, name, 'metadata.name', problem);
  }
  checkName({ ...route, name }, object);
  if (resource.get(context, name)) throw alreadyExists(resource, name);
  resource.create(context, name, { ...object, metadata: { ...object.metadata, namespace: namespace ?? '' } });
  const created = resource.get(context, name);
  if (!created) throw notCreated(resource);
  const stored = resource.stored?.(context.cluster, name);
  // Who applies owns what they applied; who creates owns the defaults too.
  const owned = writer.operation === 'Apply' ? object : created;
  if (stored) stored.managers = [ownAll(identify(resource, owned), schemaOf(modelOf(resource)), writer)];
  return { object: present(resource, context.cluster, created), created: true, warnings: [] };
}
