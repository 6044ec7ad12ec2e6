import { isObject, type Json, type JsonObject, objectAt, stringsAt, textOf } from '../json.ts';
import { humanDuration } from './duration.ts';

/** One column of `kubectl get`, as the API server defines it for a kind. */
export interface Column {
  name: string;
  type: 'string' | 'integer';
  /** `name` for the column that tells objects apart. */
  format?: 'name';
  /** 0: always shown; 1: with `-o wide`. */
  priority: 0 | 1;
  description: string;
  /** What stands in this column; `now` is world time. */
  cell(object: JsonObject, now: number): Json;
}

export const column = (name: string, description: string, cell: Column['cell']): Column => ({
  name,
  type: 'string',
  priority: 0,
  description,
  cell,
});

export const count = (name: string, description: string, cell: (object: JsonObject) => Json | undefined): Column => ({
  name,
  type: 'integer',
  priority: 0,
  description,
  cell: (object) => cell(object) ?? 0,
});

/** The same column, shown with `-o wide` only. */
export const wide = (narrow: Column): Column => ({ ...narrow, priority: 1 });

export const nameColumn: Column = {
  ...column('Name', 'Name of the object, unique within its namespace.', ({ metadata }) =>
    isObject(metadata) ? textOf(metadata.name) : '',
  ),
  format: 'name',
};

export const ageColumn = column('Age', 'World time since the object was created.', (object, now) =>
  since(objectAt(object, 'metadata').creationTimestamp, now),
);

/** Time since an RFC 3339 time, as tables write it. */
export function since(time: Json | undefined, now: number): string {
  return typeof time === 'string' ? humanDuration(now - Date.parse(time)) : '<unknown>';
}

/** Objects of the list at `path`; empty where there is none. */
export function objectsAt(value: JsonObject, ...path: string[]): JsonObject[] {
  const last = path.at(-1) ?? '';
  const list = objectAt(value, ...path.slice(0, -1))[last];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The columns that every kind with a pod template has. */
export const templateColumns: readonly Column[] = [
  wide(
    column('Containers', 'Names of each container in the template.', (object) =>
      containers(object, ({ name }) => name),
    ),
  ),
  wide(
    column('Images', 'Images referenced by each container in the template.', (object) =>
      containers(object, ({ image }) => image),
    ),
  ),
  wide(
    column('Selector', 'Label selector for pods.', (object) =>
      Object.entries(stringsAt(object, 'spec', 'selector', 'matchLabels'))
        .map(([key, value]) => `${key}=${value}`)
        .sort()
        .join(','),
    ),
  ),
];

function containers(object: JsonObject, of: (container: JsonObject) => Json | undefined): string {
  return objectsAt(object, 'spec', 'template', 'spec', 'containers')
    .map((container) => textOf(of(container)))
    .join(',');
}
