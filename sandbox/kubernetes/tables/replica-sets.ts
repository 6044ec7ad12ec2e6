import { objectAt } from '../json.ts';
import { ageColumn, type Column, count, nameColumn, templateColumns } from './column.ts';

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  count('Desired', 'Number of desired pods.', (object) => objectAt(object, 'spec').replicas),
  count('Current', 'Number of pods there are.', (object) => objectAt(object, 'status').replicas),
  count('Ready', 'Number of ready pods.', (object) => objectAt(object, 'status').readyReplicas),
  ageColumn,
  ...templateColumns,
];
