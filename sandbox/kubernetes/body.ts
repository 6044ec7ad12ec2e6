import { parse as parseYaml } from 'yaml';
import { isObject, type Json } from './json.ts';
import type { KubernetesObject } from './resource.ts';
import type { Schema } from './schema/schema.ts';
import { dropUnknown, unknownFields } from './schema/unknown-fields.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

/** What a request carries besides its method and path. */
export interface ApiRequest {
  query: URLSearchParams;
  contentType: string;
  body: string;
  /** Name of the client's program: whose the fields are when the request does not say. */
  userAgent: string;
}

/** The JSON of a request; throws 400 where it is none. */
export function parseJson(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch (error) {
    throw badRequest(`error decoding: ${error instanceof Error ? error.message : 'not JSON'}`);
  }
}

/** The JSON or YAML of an apply; throws 400 where it is neither. */
export function parseYamlObject(body: string): KubernetesObject {
  try {
    return asKubernetesObject(parseYaml(body) as Json);
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : 'not YAML'}`);
  }
}

/** The object that a create or a replacement carries; throws 415 for anything but JSON. */
export function parseObject({ body, contentType }: ApiRequest): KubernetesObject {
  if (contentType !== 'application/json') throw unsupportedMediaType(['application/json']);
  return asKubernetesObject(parseJson(body));
}

export function asKubernetesObject(value: Json): KubernetesObject {
  if (!isObject(value)) throw badRequest('the object provided is unrecognized (must be of type object)');
  return { ...value, metadata: isObject(value.metadata) ? value.metadata : {} };
}

/**
 * The object without fields that its kind does not have, and the warnings for them. Throws 400 for them when the client
 * asked for strictness.
 */
export function validateFields(
  object: KubernetesObject,
  { schema, kind, version, query }: { schema: Schema; kind: string; version: string; query: URLSearchParams },
): { object: KubernetesObject; warnings: string[] } {
  const directive = query.get('fieldValidation') || 'Warn';
  if (!['Ignore', 'Warn', 'Strict'].includes(directive)) {
    throw badRequest(
      `fieldValidation: Unsupported value: "${directive}": supported values: "Ignore", "Strict", "Warn"`,
    );
  }
  const problems = unknownFields(object, schema).map((path) => `unknown field "${path}"`);
  if (problems.length === 0) return { object, warnings: [] };
  if (directive === 'Strict') {
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${problems.join(', ')}`,
    );
  }
  const known = asKubernetesObject(dropUnknown(object, schema));
  return { object: known, warnings: directive === 'Warn' ? problems : [] };
}
