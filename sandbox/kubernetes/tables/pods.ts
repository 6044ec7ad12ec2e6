import { type Json, type JsonObject, objectAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, nameColumn, objectsAt, wide } from './column.ts';

const orNone = (value: Json | undefined) => textOf(value) || '<none>';

export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', 'The aggregate readiness state of this pod for accepting traffic.', (object) => {
    const ready = objectsAt(object, 'status', 'containerStatuses').filter((container) => container.ready === true);
    return `${ready.length}/${objectsAt(object, 'spec', 'containers').length}`;
  }),
  column('Status', 'The aggregate status of the containers in this pod.', podStatus),
  column('Restarts', 'The number of times the containers in this pod have been restarted.', (object) =>
    String(
      objectsAt(object, 'status', 'containerStatuses').reduce((sum, one) => sum + Number(one.restartCount ?? 0), 0),
    ),
  ),
  ageColumn,
  wide(column('IP', 'IP address allocated to the pod.', (object) => orNone(objectAt(object, 'status').podIP))),
  wide(column('Node', 'Node the pod is placed on.', (object) => orNone(objectAt(object, 'spec').nodeName))),
  wide(column('Nominated Node', 'Node the pod preempts others on.', () => '<none>')),
  wide(column('Readiness Gates', 'Conditions besides the containers that readiness waits for.', () => '<none>')),
];

/** The one word for a pod: what its containers wait for says more than its phase, and its end more than both. */
function podStatus(object: JsonObject): string {
  if (objectAt(object, 'metadata').deletionTimestamp !== undefined) return 'Terminating';
  const waiting = objectsAt(object, 'status', 'containerStatuses')
    .map((container) => textOf(objectAt(container, 'state', 'waiting').reason))
    .find(Boolean);
  return waiting ?? textOf(objectAt(object, 'status').phase);
}
