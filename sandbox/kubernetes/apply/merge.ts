import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Schema } from '../schema/schema.ts';
import { elementOf, fieldOf, isMerged } from './leaves.ts';
import { decode, type FieldSet, isWithin, type Path } from './paths.ts';

/** `live` with everything that `wanted` says, list items by their keys; what it does not say stays. */
export function mergeByType(live: Json | undefined, wanted: Json, schema: Schema): Json {
  if (isObject(live) && isObject(wanted) && isMerged(schema)) {
    const merged: JsonObject = { ...live };
    for (const [key, value] of Object.entries(wanted)) {
      merged[key] = mergeByType(live[key], value, fieldOf(schema, key));
    }
    return merged;
  }
  if (Array.isArray(live) && Array.isArray(wanted) && schema.kind === 'list' && schema.merge !== 'atomic') {
    const { merge, items } = schema;
    const merged = [...live];
    for (const item of wanted) {
      const element = elementOf(item, merge);
      const index = merged.findIndex((other) => elementOf(other, merge) === element);
      if (index < 0) merged.push(item);
      else merged[index] = mergeByType(merged[index], item, items);
    }
    return merged;
  }
  return wanted;
}

/**
 * The object without the `abandoned` fields. An item goes with everything in it, unless one of the `owned` fields is
 * part of it.
 */
export function withoutFields(object: JsonObject, schema: Schema, abandoned: FieldSet, owned: FieldSet): JsonObject {
  const result = structuredClone(object);
  for (const text of abandoned) {
    if ([...owned].some((path) => isWithin(path, text))) continue;
    removeAt(result, schema, decode(text));
  }
  return result;
}

function removeAt(value: Json | undefined, schema: Schema, [element = '', ...rest]: Path): void {
  if (isObject(value) && element.startsWith('f:')) {
    const key = element.slice(2);
    if (rest.length === 0) delete value[key];
    else removeAt(value[key], fieldOf(schema, key), rest);
  } else if (Array.isArray(value) && schema.kind === 'list' && schema.merge !== 'atomic') {
    const { merge, items } = schema;
    const index = value.findIndex((item) => elementOf(item, merge) === element);
    if (index < 0) return;
    if (rest.length === 0) value.splice(index, 1);
    else removeAt(value[index], items, rest);
  }
}
