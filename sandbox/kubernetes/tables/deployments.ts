import { objectAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, count, nameColumn, templateColumns } from './column.ts';

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  column('Ready', 'Number of the pod with ready state', (object) => {
    const [{ readyReplicas }, { replicas }] = [objectAt(object, 'status'), objectAt(object, 'spec')];
    return `${textOf(readyReplicas ?? 0)}/${textOf(replicas ?? 0)}`;
  }),
  count(
    'Up-to-date',
    'Number of pods of the current template.',
    (object) => objectAt(object, 'status').updatedReplicas,
  ),
  count('Available', 'Number of available pods.', (object) => objectAt(object, 'status').availableReplicas),
  ageColumn,
  ...templateColumns,
];
