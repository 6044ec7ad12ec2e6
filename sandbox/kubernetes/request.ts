import { type ApiRequest, parseObject, validateFields } from './body.ts';
import { create } from './create.ts';
import { list } from './list.ts';
import { present } from './present.ts';
import { readDelete, remove } from './remove.ts';
import { type ClusterContext, identify } from './resource.ts';
import { isAllowed, USER } from './role.ts';
import type { Route } from './route.ts';
import { modelOf, schemaOf } from './schema/schema.ts';
import { forbidden, methodNotAllowed, notFound } from './status.ts';
import { type Written, write, writerOf } from './write.ts';

/** Carries out one request on a cluster and returns the object of the answer; throws the API's Status. */
export function carryOut(context: ClusterContext, route: Route, request: ApiRequest): Written {
  authorize(context, route);
  const { resource, name = '', subresource, verb } = route;
  switch (verb) {
    case 'list':
    case 'watch':
      return { object: list(context, route, request.query), warnings: [] };
    case 'get': {
      const view = subresource?.view ?? resource;
      const plain = view.get(context, name);
      if (!plain) throw notFound(resource, name);
      const object = subresource ? identify(view, plain) : present(resource, context.cluster, plain);
      return { object, warnings: [] };
    }
    case 'create':
      if (subresource) return createIn(context, route, request);
      return createFrom(context, route, request);
    case 'delete':
      return { object: remove(context, route, readDelete(request)), warnings: [] };
    default:
      return write(context, route, request);
  }
}

function createFrom(context: ClusterContext, route: Route, request: ApiRequest): Written {
  const { resource } = route;
  const { kind, version } = resource;
  const schema = schemaOf(modelOf(resource));
  const { object, warnings } = validateFields(parseObject(request), { schema, kind, version, query: request.query });
  const manager = request.query.get('fieldManager') || request.userAgent;
  return { ...create(context, route, object, writerOf(context, route, manager, false)), warnings };
}

/** A POST to a subresource: an eviction. */
function createIn(context: ClusterContext, { resource, name = '', subresource }: Route, request: ApiRequest): Written {
  if (!resource.get(context, name)) throw notFound(resource, name);
  const object = subresource?.view.create?.(context, name, parseObject(request));
  if (!object) throw methodNotAllowed();
  return { object, created: true, warnings: [] };
}

/** The plain text that a subresource is; throws the API's Status. */
export function textAt(context: ClusterContext, route: Route, query: URLSearchParams): string {
  const { resource, name = '', text = '', namespace } = route;
  authorize(context, route);
  const plain = resource.get(context, name);
  if (!plain || plain.metadata.namespace !== namespace) throw notFound(resource, name);
  return resource.texts?.[text]?.(context, name, query) ?? '';
}

/** Throws 403 for what the token's role does not allow. */
export function authorize(
  context: ClusterContext,
  { resource, subresource, text, namespace, name = '', verb }: Route,
): void {
  if (isAllowed(context, { verb, plural: resource.plural, namespace })) return;
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const below = subresource?.name ?? text;
  const plural = below === undefined ? resource.plural : `${resource.plural}/${below}`;
  throw forbidden(USER, verb, { ...resource, plural }, name, scope);
}
