import { objectAt, stringsAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, nameColumn, objectsAt, wide } from './column.ts';

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column('Type', 'How the service is exposed.', (object) => textOf(objectAt(object, 'spec').type)),
  column('Cluster-IP', 'Address within the cluster.', (object) => textOf(objectAt(object, 'spec').clusterIP)),
  column('External-IP', 'Address outside of the cluster.', () => '<none>'),
  column('Port(s)', 'Ports that it listens on.', (object) =>
    objectsAt(object, 'spec', 'ports')
      .map(({ port, protocol }) => `${textOf(port)}/${textOf(protocol)}`)
      .join(','),
  ),
  ageColumn,
  wide(
    column(
      'Selector',
      'Labels of the pods behind it.',
      (object) =>
        Object.entries(stringsAt(object, 'spec', 'selector'))
          .map(([key, value]) => `${key}=${value}`)
          .sort()
          .join(',') || '<none>',
    ),
  ),
];
