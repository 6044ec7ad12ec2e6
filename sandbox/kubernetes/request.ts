import { isObject, type Json, type JsonObject, stringsAt, textOf } from './json.ts';
import { applyPatch, PATCH_TYPES } from './patch.ts';
import { apiVersion, type ClusterContext, type KubernetesObject } from './resource.ts';
import type { Route } from './route.ts';
import { fieldSelector, labelSelector } from './selectors.ts';
import {
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
  preconditionFailed,
  unsupportedMediaType,
} from './status.ts';

/** Whom the bearer token of the kubeconfig stands for. */
export const USER = 'lifeboat';

export interface ApiRequest {
  query: URLSearchParams;
  contentType: string;
  body: string;
}

/** Carries out one request on a cluster and returns the object of the answer; throws the API's Status. */
export function carryOut(context: ClusterContext, route: Route, request: ApiRequest): JsonObject {
  authorize(context, route);
  if (route.verb === 'list') return list(context, route, request.query);
  const { resource, name = '', subresource, verb } = route;
  const kind = subresource?.view ?? resource;
  const current = kind.get(context, name);
  if (!current) throw notFound(resource, name);
  if (verb === 'delete') {
    resource.remove?.(context, name);
  } else if (verb === 'update' || verb === 'patch') {
    const identified = identify(kind, current);
    const next = verb === 'update' ? replacement(request) : patched(identified, request);
    checkIdentity(route, current, next);
    kind.write?.(context, name, next);
  }
  return identify(kind, kind.get(context, name) ?? current);
}

const identify = (
  kind: { group: string; version: string; kind: string },
  object: KubernetesObject,
): KubernetesObject => ({
  kind: kind.kind,
  apiVersion: apiVersion(kind),
  ...object,
});

/** The token's role: everything in the system's namespace, and reading what capacity is computed from. */
function authorize(context: ClusterContext, { resource, namespace, name = '', verb }: Route): void {
  const own = context.system.kubernetes.namespace;
  if (namespace === own) return;
  const reads = verb === 'get' || verb === 'list';
  const clusterWide = ['nodes', 'namespaces', 'pods'].includes(resource.plural) && namespace === undefined;
  if (reads && clusterWide) return;
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  throw forbidden(USER, verb, resource, name, scope);
}

function list(context: ClusterContext, { resource, namespace }: Route, query: URLSearchParams): JsonObject {
  if (query.get('watch') === 'true' || query.get('watch') === '1') {
    throw badRequest(`${resource.plural}: the sandbox does not simulate watches; list again`);
  }
  const labelled = labelSelector(query.get('labelSelector') ?? '');
  const fielded = fieldSelector(query.get('fieldSelector') ?? '');
  const matching = resource
    .list(context)
    .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
    .filter((object) => labelled(stringsAt(object.metadata, 'labels')))
    .filter((object) =>
      fielded({
        'metadata.name': textOf(object.metadata.name),
        'metadata.namespace': textOf(object.metadata.namespace),
        ...resource.fields?.(object),
      }),
    )
    .sort((a, b) => (textOf(a.metadata.name) < textOf(b.metadata.name) ? -1 : 1));
  const { items, metadata } = page(matching, query);
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersion(resource),
    metadata: { resourceVersion: String(context.cluster.revision), ...metadata },
    items,
  };
}

function page(all: KubernetesObject[], query: URLSearchParams): { items: KubernetesObject[]; metadata: JsonObject } {
  const limit = Number(query.get('limit') ?? 0);
  const start = Number(Buffer.from(query.get('continue') ?? '', 'base64url').toString() || 0);
  if (!Number.isInteger(start)) throw badRequest('continue key is not valid');
  const items = limit > 0 ? all.slice(start, start + limit) : all.slice(start);
  const left = all.length - start - items.length;
  if (left <= 0) return { items, metadata: {} };
  const token = Buffer.from(String(start + items.length)).toString('base64url');
  return { items, metadata: { continue: token, remainingItemCount: left } };
}

function parse(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch (error) {
    throw badRequest(`error decoding: ${error instanceof Error ? error.message : 'not JSON'}`);
  }
}

function replacement({ body, contentType }: ApiRequest): KubernetesObject {
  if (contentType !== 'application/json') throw unsupportedMediaType(['application/json']);
  return asKubernetesObject(parse(body));
}

function patched(current: KubernetesObject, { body, contentType }: ApiRequest): KubernetesObject {
  if (!PATCH_TYPES.some((type) => type === contentType)) throw unsupportedMediaType(PATCH_TYPES);
  return asKubernetesObject(applyPatch(current, parse(body), contentType));
}

function asKubernetesObject(value: Json): KubernetesObject {
  if (!isObject(value)) throw badRequest('the object provided is unrecognized (must be of type object)');
  return { ...value, metadata: isObject(value.metadata) ? value.metadata : {} };
}

/** Name, kind and preconditions of what was written, before its content is looked at. */
function checkIdentity(route: Route, current: KubernetesObject, next: KubernetesObject): void {
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
  const { name: written, namespace: writtenNamespace, resourceVersion, uid } = next.metadata;
  if (written !== name) {
    throw badRequest(`the name of the object (${textOf(written)}) does not match the name on the URL (${name})`);
  }
  if (writtenNamespace !== undefined && writtenNamespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (uid !== undefined && uid !== current.metadata.uid) {
    throw preconditionFailed(resource, name, textOf(uid), textOf(current.metadata.uid));
  }
  if (resourceVersion === undefined || resourceVersion === '') return;
  if (typeof resourceVersion !== 'string' || !/^\d+$/.test(resourceVersion)) {
    throw invalid(resource, name, 'metadata.resourceVersion', `Invalid value: ${JSON.stringify(resourceVersion)}`);
  }
  if (resourceVersion !== current.metadata.resourceVersion) throw conflict(resource, name);
}
