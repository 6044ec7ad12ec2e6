import { isObject, type Json, type JsonObject } from '../json.ts';
import type { ListMerge } from '../schema/lists.ts';
import type { Schema } from '../schema/schema.ts';
import { encode, type Path } from './paths.ts';

/** What an item of a merged list is worth: that it is there; what it holds are fields of their own. */
const PRESENT = true;

/** The fields that can have an owner, by path, with their values: scalars, what is replaced as a whole, and items. */
export function leavesOf(value: Json | undefined, schema: Schema, path: Path = []): Map<string, Json> {
  const leaves = new Map<string, Json>();
  collect(value, schema, path, leaves);
  return leaves;
}

function collect(value: Json | undefined, schema: Schema, path: Path, leaves: Map<string, Json>): void {
  if (value === undefined) return;
  if (isObject(value) && isMerged(schema)) {
    const entries = Object.entries(value);
    if (entries.length === 0 && path.length > 0) leaves.set(encode(path), value);
    for (const [key, inner] of entries) collect(inner, fieldOf(schema, key), [...path, `f:${key}`], leaves);
    return;
  }
  if (Array.isArray(value) && schema.kind === 'list' && schema.merge !== 'atomic' && value.length > 0) {
    for (const item of value) {
      const here = [...path, elementOf(item, schema.merge)];
      leaves.set(encode(here), PRESENT);
      if (isObject(item)) collect(item, schema.items, here, leaves);
    }
    return;
  }
  if (path.length > 0) leaves.set(encode(path), value);
}

/** Whether the fields of such an object have owners of their own. */
export function isMerged(schema: Schema): boolean {
  return (schema.kind === 'object' || schema.kind === 'map') && !schema.atomic;
}

/** Schema of a field; of one that is not known, anything. */
export function fieldOf(schema: Schema, key: string): Schema {
  if (schema.kind === 'object') return schema.fields.get(key) ?? { kind: 'any' };
  return schema.kind === 'map' ? schema.values : { kind: 'any' };
}

/** What tells an item of a merged list apart: its keys, or the value itself in a set. */
export function elementOf(item: Json, merge: 'set' | ListMerge): string {
  if (merge === 'set' || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const keys: JsonObject = {};
  for (const key of [...merge.keys].sort()) {
    const value = item[key] ?? merge.defaults?.[key];
    if (value !== undefined) keys[key] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}
