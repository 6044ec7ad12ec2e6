import { type Json, type JsonObject, objectAt, textOf } from '../json.ts';
import { ageColumn, type Column, column, nameColumn, objectsAt, since, wide } from './column.ts';

const orNone = (value: Json | undefined) => textOf(value) || '<none>';

export const podColumns: readonly Column[] = [
  nameColumn,
  column('Ready', 'The aggregate readiness state of this pod for accepting traffic.', (object) => {
    const ready = objectsAt(object, 'status', 'containerStatuses').filter((container) => container.ready === true);
    return `${ready.length}/${objectsAt(object, 'spec', 'containers').length}`;
  }),
  column('Status', 'The aggregate status of the containers in this pod.', podStatus),
  column('Restarts', 'The number of times the containers in this pod have been restarted.', restarts),
  ageColumn,
  wide(column('IP', 'IP address allocated to the pod.', (object) => orNone(objectAt(object, 'status').podIP))),
  wide(column('Node', 'Node the pod is placed on.', (object) => orNone(objectAt(object, 'spec').nodeName))),
  wide(column('Nominated Node', 'Node the pod preempts others on.', () => '<none>')),
  wide(column('Readiness Gates', 'Conditions besides the containers that readiness waits for.', () => '<none>')),
];

/** With the time of the last one, as the real server has it. */
function restarts(object: JsonObject, now: number): string {
  const containers = objectsAt(object, 'status', 'containerStatuses');
  const count = containers.reduce((sum, one) => sum + Number(one.restartCount ?? 0), 0);
  const ends = containers.map((one) => textOf(objectAt(one, 'lastState', 'terminated').finishedAt)).filter(Boolean);
  const last = ends.sort().at(-1);
  return count === 0 || last === undefined ? String(count) : `${count} (${since(last, now)} ago)`;
}

/** The one word for a pod: what its containers wait for says more than its phase, and its end more than both. */
function podStatus(object: JsonObject): string {
  if (objectAt(object, 'metadata').deletionTimestamp !== undefined) return 'Terminating';
  const reason = objectsAt(object, 'status', 'containerStatuses')
    .map(({ state = {} }) => {
      const [waiting, terminated] = [
        objectAt({ state }, 'state', 'waiting'),
        objectAt({ state }, 'state', 'terminated'),
      ];
      return textOf(waiting.reason) || textOf(terminated.reason);
    })
    .find(Boolean);
  return reason ?? textOf(objectAt(object, 'status').phase);
}
