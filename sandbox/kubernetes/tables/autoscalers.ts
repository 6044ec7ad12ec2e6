import { type JsonObject, objectAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, count, nameColumn, objectsAt } from './column.ts';

export const autoscalerColumns: readonly Column[] = [
  nameColumn,
  column('Reference', 'What is scaled.', (object) => {
    const { kind, name } = objectAt(object, 'spec', 'scaleTargetRef');
    return `${textOf(kind)}/${textOf(name)}`;
  }),
  column('Targets', 'Measured and wanted value of each metric.', targets),
  column('MinPods', 'Lower limit of replicas.', (object) => textOf(objectAt(object, 'spec').minReplicas) || '<unset>'),
  count('MaxPods', 'Upper limit of replicas.', (object) => objectAt(object, 'spec').maxReplicas),
  count('Replicas', 'Current number of replicas.', (object) => objectAt(object, 'status').currentReplicas),
  ageColumn,
];

function targets(object: JsonObject): string {
  const measured = objectsAt(object, 'status', 'currentMetrics');
  const all = objectsAt(object, 'spec', 'metrics').map(({ resource }, index) => {
    const wanted = objectAt({ resource: resource ?? {} }, 'resource', 'target').averageUtilization;
    const current = objectAt(measured[index] ?? {}, 'resource', 'current').averageUtilization;
    const name = textOf(objectAt({ resource: resource ?? {} }, 'resource').name);
    return `${name}: ${current === undefined ? '<unknown>' : `${textOf(current)}%`}/${textOf(wanted)}%`;
  });
  return all.join(', ') || '<none>';
}
