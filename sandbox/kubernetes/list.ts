import { type JsonObject, stringsAt, textOf } from './json.ts';
import { present } from './present.ts';
import { apiVersion, type ClusterContext, type KubernetesObject } from './resource.ts';
import type { Route } from './route.ts';
import { fieldSelector, labelSelector } from './selectors.ts';
import { badRequest } from './status.ts';

type Selection = (object: KubernetesObject) => boolean;

/** Which objects of a kind are meant, by namespace, labels and fields; throws 400 for a selector that cannot be read. */
export function selection({ resource, namespace }: Route, query: URLSearchParams): Selection {
  const labelled = labelSelector(query.get('labelSelector') ?? '');
  const fielded = fieldSelector(query.get('fieldSelector') ?? '');
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    labelled(stringsAt(object.metadata, 'labels')) &&
    fielded({
      'metadata.name': textOf(object.metadata.name),
      'metadata.namespace': textOf(object.metadata.namespace),
      ...resource.fields?.(object),
    });
}

/** Objects of a kind that are selected, by name, as the API shows them. */
export function selected(context: ClusterContext, { resource }: Route, selects: Selection): KubernetesObject[] {
  return resource
    .list(context)
    .filter(selects)
    .sort((a, b) => (textOf(a.metadata.name) < textOf(b.metadata.name) ? -1 : 1))
    .map((object) => present(resource, context.cluster, object));
}

/** The list that a request asks for: one page of it, when it has a limit. */
export function list(context: ClusterContext, route: Route, query: URLSearchParams): JsonObject {
  const { resource } = route;
  const { items, metadata } = page(selected(context, route, selection(route, query)), query);
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
