import { textOf } from './json.ts';
import { apiVersion, type KubernetesObject } from './resource.ts';
import type { Route } from './route.ts';
import { badRequest, conflict, invalid, preconditionFailed } from './status.ts';

/** Kind, name and namespace of what was written, before its content is looked at; throws 400. */
export function checkName(route: Route, next: KubernetesObject): void {
  const { resource, name = '', namespace } = route;
  const kind = route.subresource?.view ?? resource;
  if (next.kind !== undefined && next.kind !== kind.kind) {
    throw badRequest(`the kind in the data (${textOf(next.kind)}) does not match the expected kind (${kind.kind})`);
  }
  if (next.apiVersion !== undefined && next.apiVersion !== apiVersion(kind)) {
    throw badRequest(
      `the API version in the data (${textOf(next.apiVersion)}) does not match the expected API version (${apiVersion(kind)})`,
    );
  }
  const { name: written, namespace: writtenNamespace } = next.metadata;
  if (written !== name) {
    throw badRequest(`the name of the object (${textOf(written)}) does not match the name on the URL (${name})`);
  }
  if (writtenNamespace !== undefined && writtenNamespace !== '' && writtenNamespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** What the writer says the object was when it was read; throws the API's conflict where it has changed since. */
export function checkPreconditions(
  { resource, name = '' }: Route,
  current: KubernetesObject,
  wanted: KubernetesObject['metadata'],
): void {
  const { resourceVersion, uid } = wanted;
  if (uid !== undefined && uid !== null && uid !== current.metadata.uid) {
    throw preconditionFailed(resource, name, textOf(uid), textOf(current.metadata.uid));
  }
  if (resourceVersion === undefined || resourceVersion === null || resourceVersion === '') return;
  if (typeof resourceVersion !== 'string' || !/^\d+$/.test(resourceVersion)) {
    throw invalid(resource, name, 'metadata.resourceVersion', `Invalid value: ${JSON.stringify(resourceVersion)}`);
  }
  if (resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, name);
}
