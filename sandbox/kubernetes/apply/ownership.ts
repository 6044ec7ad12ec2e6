import { isObject, type Json, type JsonObject, sameJson } from '../json.ts';
import type { Schema } from '../schema/schema.ts';
import type { FieldManager } from '../state.ts';
import { applyConflict } from './conflict.ts';
import { leavesOf } from './leaves.ts';
import { isSameManager, type Manager, readManagers, storeManagers } from './managers.ts';
import { mergeByType, withoutFields } from './merge.ts';
import type { FieldSet } from './paths.ts';

/** Who writes, how, and when (world time). */
export type Writer = Omit<FieldManager, 'fields'>;

/** Metadata that tells the object apart or is the server's, and so belongs to nobody. */
const SERVERS_OWN = [
  'name',
  'namespace',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generateName',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];
/** Annotations that controllers write at each sync. */
const CONTROLLERS_OWN = ['deployment.kubernetes.io/revision'];

/** The part of an object whose fields have owners. */
export function ownable(object: JsonObject): JsonObject {
  const { kind: _, apiVersion: __, status: ___, metadata, ...rest } = object;
  const own = Object.entries(isObject(metadata) ? metadata : {})
    .filter(([key]) => !SERVERS_OWN.includes(key))
    .flatMap(([key, value]): [string, Json][] => {
      if (key !== 'annotations' || !isObject(value)) return [[key, value]];
      const annotations = Object.entries(value).filter(([name]) => !CONTROLLERS_OWN.includes(name));
      return annotations.length > 0 ? [[key, Object.fromEntries(annotations)]] : [];
    });
  return { ...rest, ...(own.length > 0 ? { metadata: Object.fromEntries(own) } : {}) };
}

/** Everything that can be owned of an object, as one manager's. */
export function ownAll(object: JsonObject, schema: Schema, writer: Writer): FieldManager {
  const fields = new Set(leavesOf(ownable(object), schema).keys());
  return storeManagers([{ ...writer, fields }])[0] ?? { ...writer, fields: '{}' };
}

/** Owners after a write that is no apply: what it changed is the writer's, and nobody else's any more. */
export function afterUpdate(
  stored: readonly FieldManager[],
  { before, after, schema, writer }: { before: JsonObject; after: JsonObject; schema: Schema; writer: Writer },
): FieldManager[] {
  const changes = compare(before, after, schema);
  if (changes.set.size === 0 && changes.removed.size === 0) return [...stored];
  const touched = union(changes.set, changes.removed);
  const managers = readManagers(stored);
  const others = managers
    .filter((manager) => !isSameManager(manager, writer))
    .map((manager) => ({ ...manager, fields: without(manager.fields, touched) }));
  const earlier = managers.find((manager) => isSameManager(manager, writer))?.fields ?? new Set();
  const own: Manager = { ...writer, fields: union(without(earlier, changes.removed), changes.set) };
  return storeManagers([...others, own]);
}

/**
 * Server-side apply: the object after it, and its owners. Fields that the writer applied earlier and leaves out now, and
 * that nobody else owns, are removed. Throws the API's conflict where somebody else owns what would change, unless it is
 * forced or among the fields that the writer `mayTake`.
 */
export function applyConfiguration(
  stored: readonly FieldManager[],
  {
    live,
    configuration,
    schema,
    writer,
    force,
    mayTake,
  }: {
    live: JsonObject;
    configuration: JsonObject;
    schema: Schema;
    writer: Writer;
    force: boolean;
    mayTake: FieldSet;
  },
): { object: JsonObject; managers: FieldManager[] } {
  const managers = readManagers(stored);
  const before = managers.find((manager) => isSameManager(manager, writer));
  const others = managers.filter((manager) => manager !== before);
  const applied = new Set(leavesOf(ownable(configuration), schema).keys());
  const merged = mergeByType(live, configuration, schema);
  const owned = others.reduce<FieldSet>((all, { fields }) => union(all, fields), applied);
  const object = withoutFields(
    isObject(merged) ? merged : {},
    schema,
    without(before?.fields ?? new Set(), owned),
    owned,
  );

  const changes = compare(live, object, schema);
  const conflicts = others
    .map((manager) => ({ manager, fields: without(intersection(manager.fields, changes.set), mayTake) }))
    .filter(({ fields }) => fields.size > 0);
  if (conflicts.length > 0 && !force) throw applyConflict(conflicts);

  const same = before !== undefined && sameSet(before.fields, applied);
  const own: Manager = { ...writer, fields: applied, at: same ? before.at : writer.at };
  const left = others.map((manager) => ({
    ...manager,
    fields: without(without(manager.fields, changes.removed), changes.set),
  }));
  return { object, managers: storeManagers([own, ...left]) };
}

/** Fields that were added or changed, and those that are gone. */
function compare(before: JsonObject, after: JsonObject, schema: Schema): { set: FieldSet; removed: FieldSet } {
  const [old, now] = [leavesOf(ownable(before), schema), leavesOf(ownable(after), schema)];
  const set = [...now].filter(([path, value]) => !old.has(path) || !sameJson(old.get(path), value));
  const removed = [...old.keys()].filter((path) => !now.has(path));
  return { set: new Set(set.map(([path]) => path)), removed: new Set(removed) };
}

const union = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a, ...b]);
const without = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a].filter((path) => !b.has(path)));
const intersection = (a: FieldSet, b: FieldSet): FieldSet => new Set([...a].filter((path) => b.has(path)));
const sameSet = (a: FieldSet, b: FieldSet) => a.size === b.size && [...a].every((path) => b.has(path));

/** Whether nothing but the times differs. */
export function sameOwners(a: readonly FieldManager[], b: readonly FieldManager[]): boolean {
  return (
    a.length === b.length &&
    a.every((entry, index) => {
      const other = b[index];
      return other !== undefined && isSameManager(entry, other) && entry.fields === other.fields;
    })
  );
}
