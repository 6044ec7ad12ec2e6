import type { JsonObject } from './json.ts';

/** An answer other than success: the API's Status object, with the reasons and sentences of the real server. */
export class ApiStatus extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  body(): JsonObject {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
}

/** `deployments.apps`, `pods`: how messages name a resource. */
function qualified(resource: { group: string; plural: string }): string {
  return resource.group ? `${resource.plural}.${resource.group}` : resource.plural;
}

interface Named {
  group: string;
  plural: string;
  kind: string;
}

function detailsOf(resource: Named, name: string): JsonObject {
  return { name, ...(resource.group ? { group: resource.group } : {}), kind: resource.plural };
}

export const badRequest = (message: string) => new ApiStatus(400, 'BadRequest', message);

export const unauthorized = () => new ApiStatus(401, 'Unauthorized', 'Unauthorized');

export function forbidden(user: string, verb: string, resource: Named, name: string, scope: string): ApiStatus {
  const of = name ? ` "${name}"` : '';
  return new ApiStatus(
    403,
    'Forbidden',
    `${qualified(resource)}${of} is forbidden: User "${user}" cannot ${verb} resource "${resource.plural}" in API group "${resource.group}" ${scope}`,
    detailsOf(resource, name),
  );
}

export const routeNotFound = () =>
  new ApiStatus(404, 'NotFound', 'the server could not find the requested resource', {});

export function notFound(resource: Named, name: string): ApiStatus {
  return new ApiStatus(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
}

export const methodNotAllowed = () =>
  new ApiStatus(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export function conflict(resource: Named, name: string): ApiStatus {
  return new ApiStatus(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    detailsOf(resource, name),
  );
}

export function preconditionFailed(resource: Named, name: string, wanted: string, actual: string): ApiStatus {
  return new ApiStatus(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${actual}`,
    detailsOf(resource, name),
  );
}

export function unsupportedMediaType(accepted: readonly string[]): ApiStatus {
  return new ApiStatus(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    {},
  );
}

export function invalid(resource: Named, name: string, field: string, problem: string): ApiStatus {
  const of = resource.group ? `${resource.kind}.${resource.group}` : resource.kind;
  return new ApiStatus(422, 'Invalid', `${of} "${name}" is invalid: ${field}: ${problem}`, {
    ...detailsOf(resource, name),
    kind: resource.kind,
    causes: [{ reason: 'FieldValueInvalid', message: problem, field }],
  });
}

/** What the server says of a JSON patch whose `test` fails or whose path does not exist. */
export const patchRejected = () =>
  new ApiStatus(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/** A change that the real server would carry out and the sandbox cannot: better refused than silently dropped. */
export const notSimulated = (resource: Named, name: string, what: string) =>
  badRequest(`${qualified(resource)} "${name}": the sandbox does not simulate ${what}`);

export function alreadyExists(resource: Named, name: string): ApiStatus {
  return new ApiStatus(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists`,
    detailsOf(resource, name),
  );
}

/** Kinds whose objects the world itself makes: what is deployed in it is what its system declares. */
export function notCreated(resource: Named): ApiStatus {
  const message = `${qualified(resource)} is forbidden: the sandbox runs what its system declares and cannot create other ${resource.plural}`;
  return new ApiStatus(403, 'Forbidden', message, detailsOf(resource, ''));
}

export function notDeleted(
  resource: Named,
  name: string,
  why = 'the sandbox runs what its system declares',
): ApiStatus {
  const message = `${qualified(resource)} "${name}" is forbidden: ${why}`;
  return new ApiStatus(403, 'Forbidden', message, detailsOf(resource, name));
}

/** Something that would need containers that really run. */
export function notRunning(pod: string, what: string): ApiStatus {
  const message = `pods "${pod}": the sandbox has no ${what}: no containers run behind its pods`;
  return new ApiStatus(501, 'NotImplemented', message, { name: pod, kind: 'pods' });
}

/** A parameter of the request that the API does not take. */
export function invalidOptions(kind: string, field: string, problem: string): ApiStatus {
  return new ApiStatus(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: ${field}: ${problem}`, {
    group: 'meta.k8s.io',
    kind,
    causes: [
      {
        reason: problem.startsWith('Required') ? 'FieldValueRequired' : 'FieldValueForbidden',
        message: problem,
        field,
      },
    ],
  });
}

/** An apply of a field that the kind does not have. */
export function undeclaredField(object: string, path: string): ApiStatus {
  const message = `failed to create typed patch object (${object}): .${path}: field not declared in schema`;
  return new ApiStatus(500, 'InternalError', message);
}
