import { type ApiRequest, parseJson } from './body.ts';
import { checkPreconditions } from './identity.ts';
import { isObject, type JsonObject, objectAt } from './json.ts';
import { present } from './present.ts';
import type { ClusterContext, DeleteOptions } from './resource.ts';
import type { Route } from './route.ts';
import { badRequest, notFound } from './status.ts';

export interface DeleteRequest extends DeleteOptions {
  /** What the object must still be. */
  preconditions: JsonObject;
  dryRun: boolean;
}

/** The options of a delete, from its parameters and its body; throws 400 where they cannot be read. */
export function readDelete({ query, body }: Pick<ApiRequest, 'query' | 'body'>): DeleteRequest {
  const options = body.trim() === '' ? {} : parseJson(body);
  if (!isObject(options)) throw badRequest('the object provided is unrecognized (must be of type DeleteOptions)');
  const grace = query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : options.gracePeriodSeconds;
  const dryRun = Array.isArray(options.dryRun) ? options.dryRun : query.getAll('dryRun');
  return {
    preconditions: objectAt(options, 'preconditions'),
    dryRun: dryRun.includes('All'),
    ...(typeof grace === 'number' && Number.isInteger(grace) && grace >= 0 ? { gracePeriodSeconds: grace } : {}),
  };
}

/** Deletes an object, and answers with what is left of it, or that it is gone; throws the API's Status. */
export function remove(context: ClusterContext, route: Route, options: DeleteRequest): JsonObject {
  const { resource, name = '' } = route;
  const plain = resource.get(context, name);
  if (!plain) throw notFound(resource, name);
  const current = present(resource, context.cluster, plain);
  checkPreconditions(route, current, options.preconditions);
  resource.remove?.(context, name, options);
  const left = resource.get(context, name);
  if (left) return present(resource, context.cluster, left);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(resource.group ? { group: resource.group } : {}),
      kind: resource.plural,
      uid: current.metadata.uid ?? '',
    },
  };
}
