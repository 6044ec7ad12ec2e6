import type { Resource, Subresource, Verb } from './resource.ts';
import { resources } from './resources/index.ts';
import { badRequest, methodNotAllowed, notCreated, notDeleted, notRunning, routeNotFound } from './status.ts';

export interface Route {
  resource: Resource;
  /** Undefined across all namespaces, and for kinds without one. */
  namespace: string | undefined;
  /** Undefined for a list. */
  name: string | undefined;
  subresource: { name: string; view: Subresource } | undefined;
  /** A subresource that is plain text. */
  text?: string;
  verb: Verb;
}

/** What a method and a path ask for; throws 404 or 405 as the API server answers them. */
export function route(method: string, path: string): Route {
  const [root, ...segments] = path.split('/').filter(Boolean).map(decoded);
  const group = root === 'apis' ? segments.shift() : root === 'api' ? '' : undefined;
  const version = segments.shift();
  let namespace: string | undefined;
  if (segments[0] === 'namespaces' && segments.length > 2) {
    namespace = segments[1];
    segments.splice(0, 2);
  }
  const [plural, name, subresourceName, ...rest] = segments;
  const resource = resources.find(
    (other) => other.group === group && other.version === version && other.plural === plural,
  );
  if (!resource || rest.length > 0 || (namespace !== undefined && !resource.namespaced)) throw routeNotFound();
  if (name !== undefined && resource.namespaced && namespace === undefined) throw routeNotFound();

  const container = subresourceName === undefined ? undefined : resource.inContainers?.[subresourceName];
  if (container !== undefined) throw notRunning(name ?? '', container);
  if (subresourceName !== undefined && resource.texts?.[subresourceName]) {
    if (method !== 'GET') throw methodNotAllowed();
    return { resource, namespace, name, subresource: undefined, text: subresourceName, verb: 'get' };
  }
  const view = subresourceName === undefined ? undefined : resource.subresources?.[subresourceName];
  if (subresourceName !== undefined && !view) throw routeNotFound();
  const verb = view && method === 'POST' ? 'create' : verbOf(method, name !== undefined);
  if (!verb || !(view ?? resource).verbs.includes(verb)) {
    const { namespaced } = resource;
    if (verb === 'create' && namespaced && namespace !== undefined) throw notCreated(resource);
    if (verb === 'delete' && namespaced && !view) throw notDeleted(resource, name ?? '');
    throw methodNotAllowed();
  }
  return {
    resource,
    namespace,
    name,
    subresource: view && subresourceName ? { name: subresourceName, view } : undefined,
    verb,
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`invalid URL escape in "${segment}"`);
  }
}

const COLLECTION_VERBS: Record<string, Verb> = { GET: 'list', POST: 'create' };

function verbOf(method: string, named: boolean): Verb | undefined {
  if (!named) return COLLECTION_VERBS[method];
  switch (method) {
    case 'GET':
      return 'get';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return 'delete';
    default:
      return undefined;
  }
}
