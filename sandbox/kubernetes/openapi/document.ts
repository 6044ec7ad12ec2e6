import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import type { Resource, Verb } from '../resource.ts';
import { resources } from '../resources/index.ts';
import { modelOf, type Schema, schemaOf } from '../schema/schema.ts';

/** Which documents there are, by the path of their group and version: what `/openapi/v3` answers. */
export function openApiIndex(): JsonObject {
  const paths = groupVersions().map((path): [string, JsonObject] => {
    const hash = createHash('sha256')
      .update(JSON.stringify(openApiDocument(path)))
      .digest('hex')
      .toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
  });
  return { paths: Object.fromEntries(paths) };
}

const groupVersions = () => [...new Set(resources.map(pathOf))];

const pathOf = (resource: Resource) =>
  resource.group ? `apis/${resource.group}/${resource.version}` : `api/${resource.version}`;

const documents = new Map<string, JsonObject>();

/** OpenAPI v3 of one group and version (`apis/apps/v1`): its kinds, and what can be done with them. */
export function openApiDocument(path: string): JsonObject | undefined {
  const known = documents.get(path);
  if (known) return known;
  const served = resources.filter((resource) => pathOf(resource) === path);
  if (served.length === 0) return undefined;
  const schemas: JsonObject = {};
  for (const resource of served) {
    const { group, version, kind } = resource;
    const name = define(modelOf(resource), schemas);
    const own = schemas[name] as JsonObject;
    const list = `${name}List`;
    const identity = (of: string) => ({ 'x-kubernetes-group-version-kind': [{ group, version, kind: of }] });
    schemas[name] = { ...own, ...identity(kind) };
    schemas[list] = {
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { type: 'object' },
        items: { type: 'array', items: reference(name) },
      },
      ...identity(`${kind}List`),
    };
  }
  const document: JsonObject = {
    openapi: '3.0.0',
    info: { title: 'Simulated Kubernetes', version: 'v1.33.4' },
    paths: Object.assign({}, ...served.map((resource) => pathsOf(resource, path))),
    components: { schemas },
  };
  documents.set(path, document);
  return document;
}

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** Adds a type and what it consists of to `schemas`, and returns its name there: without its version, as in the API. */
function define(model: string, schemas: JsonObject): string {
  const name = model.replace(/^(?:Core)?V\d/, '');
  if (schemas[name] !== undefined) return name;
  const schema = schemaOf(model);
  const properties: JsonObject = {};
  // Before its fields: types may contain themselves.
  schemas[name] = { type: 'object', properties };
  if (schema.kind !== 'object') return name;
  if (schema.atomic) schemas[name] = { type: 'object', properties, 'x-kubernetes-map-type': 'atomic' };
  for (const [field, inner] of schema.fields) properties[field] = render(inner, schemas);
  return name;
}

function render(schema: Schema, schemas: JsonObject): JsonObject {
  switch (schema.kind) {
    case 'any':
      return { type: 'object' };
    case 'scalar':
      return scalar(schema);
    case 'object':
      return { allOf: [reference(define(schema.model, schemas))], default: {} };
    case 'map':
      return {
        type: 'object',
        additionalProperties: render(schema.values, schemas),
        ...(schema.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      };
    case 'list':
      return { type: 'array', items: render(schema.items, schemas), ...listExtensions(schema.merge) };
  }
}

function scalar({ type, format }: Extract<Schema, { kind: 'scalar' }>): JsonObject {
  const formatted = format ? { format } : {};
  switch (type) {
    case 'number':
      return { type: format.startsWith('int') ? 'integer' : 'number', ...formatted };
    case 'date':
      return { type: 'string', ...formatted };
    case 'integer-or-string':
      return { oneOf: [{ type: 'integer' }, { type: 'string' }], format: 'int-or-string' };
    default:
      return { type, ...formatted };
  }
}

function listExtensions(merge: Extract<Schema, { kind: 'list' }>['merge']): JsonObject {
  if (merge === 'atomic') return { 'x-kubernetes-list-type': 'atomic' };
  if (merge === 'set') return { 'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': 'merge' };
  return {
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': [...merge.keys],
    'x-kubernetes-patch-merge-key': merge.patchKey ?? merge.keys[0] ?? '',
    'x-kubernetes-patch-strategy': merge.retainsKeys ? 'merge,retainKeys' : 'merge',
  };
}

const METHODS: Partial<Record<Verb, { method: string; action: string; parameters: string[] }>> = {
  get: { method: 'get', action: 'get', parameters: [] },
  create: { method: 'post', action: 'post', parameters: ['dryRun', 'fieldManager', 'fieldValidation'] },
  update: { method: 'put', action: 'put', parameters: ['dryRun', 'fieldManager', 'fieldValidation'] },
  patch: { method: 'patch', action: 'patch', parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'] },
  delete: { method: 'delete', action: 'delete', parameters: ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'] },
};
const LISTING = ['continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion', 'timeoutSeconds', 'watch'];

function pathsOf(resource: Resource, root: string): JsonObject {
  const collection = `/${root}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}`;
  const { group, version, kind } = resource;
  const operation = (action: string, parameters: string[]): JsonObject => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: parameters.map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } })),
    responses: { '200': { description: 'OK' } },
  });
  const single: JsonObject = {};
  const many: JsonObject = { get: operation('list', LISTING) };
  for (const verb of resource.verbs) {
    const known = METHODS[verb];
    if (!known) continue;
    const { method, action, parameters } = known;
    (verb === 'create' ? many : single)[method] = operation(action, parameters);
  }
  return { [collection]: many, [`${collection}/{name}`]: single };
}
