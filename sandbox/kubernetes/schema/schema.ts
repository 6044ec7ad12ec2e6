import * as models from '@kubernetes/client-node/dist/gen/models/ObjectSerializer.js';
import type { Resource, Subresource } from '../resource.ts';
import { ATOMIC_MAPS, ATOMIC_TYPES, LISTS, type ListMerge, SETS } from './lists.ts';

/** Shape of a value of the API, and how it is merged. */
export type Schema =
  | { kind: 'scalar'; type: 'string' | 'number' | 'boolean' | 'date' | 'integer-or-string'; format: string }
  | { kind: 'any' }
  | { kind: 'object'; model: string; fields: ReadonlyMap<string, Schema>; atomic: boolean }
  | { kind: 'map'; values: Schema; atomic: boolean }
  | { kind: 'list'; items: Schema; merge: 'atomic' | 'set' | ListMerge };

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

const ANY: Schema = { kind: 'any' };

/**
 * The shapes are those of the official client's types, which are generated from the API's own definitions. What those
 * do not carry over, how lists are merged, is in `lists.ts`.
 */
const attributesOf = new Map<string, readonly Attribute[]>(
  Object.entries(models).flatMap(([name, model]) =>
    typeof model === 'function' && 'attributeTypeMap' in model ? [[name, model.attributeTypeMap]] : [],
  ),
);

const known = new Map<string, Schema>();

/** Name of the type behind a kind: `V1Deployment`. */
export function modelOf({
  version,
  kind,
  model,
}: Pick<Resource | Subresource, 'version' | 'kind'> & { model?: string }) {
  return model ?? `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
}

/** Schema of a type by name; a type that is not known may be anything. */
export function schemaOf(model: string): Schema {
  const before = known.get(model);
  if (before) return before;
  const attributes = attributesOf.get(model);
  if (!attributes) return ANY;
  const fields = new Map<string, Schema>();
  const schema: Schema = { kind: 'object', model, fields, atomic: ATOMIC_TYPES.includes(model) };
  // Before its fields: types may contain themselves.
  known.set(model, schema);
  for (const { baseName, type, format } of attributes) fields.set(baseName, fieldSchema(model, baseName, type, format));
  return schema;
}

function fieldSchema(model: string, field: string, type: string, format: string): Schema {
  const schema = typeSchema(type, format);
  if (schema.kind === 'list') {
    const merge = SETS[model]?.includes(field) ? 'set' : LISTS[model]?.[field];
    return merge ? { ...schema, merge } : schema;
  }
  return schema.kind === 'map' && ATOMIC_MAPS[model]?.includes(field) ? { ...schema, atomic: true } : schema;
}

function typeSchema(type: string, format: string): Schema {
  const list = /^Array<(.*)>$/.exec(type);
  if (list?.[1]) return { kind: 'list', items: typeSchema(list[1], format), merge: 'atomic' };
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map?.[1]) return { kind: 'map', values: typeSchema(map[1], format), atomic: false };
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return { kind: 'scalar', type, format };
    case 'Date':
    case 'V1MicroTime':
      return { kind: 'scalar', type: 'date', format: format || 'date-time' };
    case 'IntOrString':
      return { kind: 'scalar', type: 'integer-or-string', format };
    default:
      return schemaOf(type);
  }
}
