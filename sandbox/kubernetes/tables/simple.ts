import { objectAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, count, nameColumn } from './column.ts';

export const namespaceColumns: readonly Column[] = [
  nameColumn,
  column('Status', 'Whether it takes new objects.', (object) => textOf(objectAt(object, 'status').phase)),
  ageColumn,
];

export const secretColumns: readonly Column[] = [
  nameColumn,
  column('Type', 'What the values are for.', ({ type }) => textOf(type)),
  count('Data', 'Number of values.', (object) => Object.keys(objectAt(object, 'data')).length),
  ageColumn,
];

export const configMapColumns: readonly Column[] = [
  nameColumn,
  count('Data', 'Number of values.', (object) => Object.keys(objectAt(object, 'data')).length),
  ageColumn,
];
