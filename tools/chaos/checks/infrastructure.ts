import type { Check } from './check.ts';

/** Calls that are never to be carried out twice in one recovery. */
const ONCE = ['PromoteReadReplica', 'ModifyListener', 'ChangeResourceRecordSets'];

export const carriedOutOnce: Check = {
  name: 'each call that must not be repeated was carried out exactly once',
  check: ({ calls }) =>
    ONCE.flatMap((operation) => {
      const times = calls.filter((call) => call.operation === operation && call.mutating && call.status < 300).length;
      return times === 1 ? [] : [`${operation} was carried out ${times} times.`];
    }),
};
