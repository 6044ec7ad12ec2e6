import { objectAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, nameColumn, objectsAt } from './column.ts';

export const ingressColumns: readonly Column[] = [
  nameColumn,
  column('Class', 'Whose rules they are.', (object) => textOf(objectAt(object, 'spec').ingressClassName) || '<none>'),
  column(
    'Hosts',
    'Hosts that it is about.',
    (object) =>
      objectsAt(object, 'spec', 'rules')
        .map(({ host }) => textOf(host) || '*')
        .join(',') || '*',
  ),
  column('Address', 'Load balancer that carries the rules.', (object) =>
    objectsAt(object, 'status', 'loadBalancer', 'ingress')
      .map(({ hostname, ip }) => textOf(hostname ?? ip))
      .join(','),
  ),
  column('Ports', 'Ports of the load balancer.', (object) =>
    Array.isArray(objectAt(object, 'spec').tls) ? '80, 443' : '80',
  ),
  ageColumn,
];
