import { isObject, type Json } from '../json.ts';
import type { Schema } from './schema.ts';

/** Paths of fields that the schema does not have, in the order of the document: `spec.template.spec.foo`. */
export function unknownFields(value: Json | undefined, schema: Schema, path = ''): string[] {
  switch (schema.kind) {
    case 'object':
      if (!isObject(value)) return [];
      return Object.entries(value).flatMap(([key, inner]) => {
        const field = schema.fields.get(key);
        const here = path ? `${path}.${key}` : key;
        return field ? unknownFields(inner, field, here) : [here];
      });
    case 'map':
      if (!isObject(value)) return [];
      return Object.entries(value).flatMap(([key, inner]) => unknownFields(inner, schema.values, `${path}.${key}`));
    case 'list':
      if (!Array.isArray(value)) return [];
      return value.flatMap((item, index) => unknownFields(item, schema.items, `${path}[${index}]`));
    default:
      return [];
  }
}

/** The value without them. */
export function dropUnknown(value: Json, schema: Schema): Json {
  if (schema.kind === 'list' && Array.isArray(value)) return value.map((item) => dropUnknown(item, schema.items));
  if (schema.kind === 'object' && isObject(value)) {
    const known = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
      const field = schema.fields.get(key);
      return field ? [[key, dropUnknown(inner, field)]] : [];
    });
    return Object.fromEntries(known);
  }
  return value;
}
