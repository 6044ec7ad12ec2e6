import { isObject, type Json, type JsonObject, objectAt } from '../json.ts';
import { type Column, column, nameColumn, objectsAt } from './column.ts';

/** What a row says of its object besides the cells: its metadata, all of it, or nothing. */
export type IncludeObject = 'Metadata' | 'Object' | 'None';

/** For kinds without columns of their own. */
const DEFAULT_COLUMNS: readonly Column[] = [
  nameColumn,
  column('Created At', 'When it was created.', (object) => objectAt(object, 'metadata').creationTimestamp ?? null),
];

/** A meta.k8s.io/v1 Table of one object or a list of them; `now` is world time, for ages. */
export function renderTable(
  object: JsonObject,
  { columns = DEFAULT_COLUMNS, now, include }: { columns?: readonly Column[]; now: number; include: IncludeObject },
): JsonObject {
  const isList = Array.isArray(object.items);
  const rows = isList ? objectsAt(object, 'items') : [object];
  const metadata = objectAt(object, 'metadata');
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: isList ? metadata : { resourceVersion: metadata.resourceVersion ?? '' },
    columnDefinitions: columns.map(({ name, type, format, description, priority }) => ({
      name,
      type,
      format: format ?? '',
      description,
      priority,
    })),
    rows: rows.map((row) => ({
      cells: columns.map((each) => each.cell(row, now)),
      object: rowObject(row, include),
    })),
  };
}

function rowObject(object: JsonObject, include: IncludeObject): Json {
  if (include === 'None') return null;
  return include === 'Object' ? object : partialMetadata(object);
}

/** What is left of an object for those who want its metadata alone. */
export function partialMetadata(object: JsonObject): JsonObject {
  const { items, metadata } = object;
  if (!Array.isArray(items)) {
    return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: metadata ?? {} };
  }
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: metadata ?? {},
    items: items.filter(isObject).map(partialMetadata),
  };
}
