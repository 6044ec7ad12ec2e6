import type { Evidence } from '../evidence.ts';
import type { Check } from './check.ts';

/** Calls that are never to be carried out twice in one recovery. */
const ONCE = ['PromoteReadReplica', 'ModifyListener', 'ChangeResourceRecordSets'];

export const neverTwice: Check = {
  name: 'no call that must not be repeated was carried out twice',
  check: ({ calls }) =>
    ONCE.flatMap((operation) => {
      const times = timesOf(calls, operation);
      return times > 1 ? [`${operation} was carried out ${times} times.`] : [];
    }),
};

export const carriedOut: Check = {
  name: 'each call that a recovery needs was carried out',
  atTheEnd: true,
  check: ({ calls }) =>
    ONCE.flatMap((operation) => (timesOf(calls, operation) > 0 ? [] : [`${operation} was never carried out.`])),
};

function timesOf(calls: Evidence['calls'], operation: string): number {
  return calls.filter((call) => call.operation === operation && call.mutating && call.status < 300).length;
}
