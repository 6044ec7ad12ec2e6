import { fraction } from '../world/random.ts';

/** Machine milliseconds that an idle pod works on a request; the wait for its database comes on top. */
const WORK = { 'sign-in': 60, 'cached read': 4, read: 20, write: 15, look: 0 } as const;
export type Kind = keyof typeof WORK;

/** How busy the pods are while there are as many as users need. */
const BUSY_AT_FULL_CAPACITY = 0.5;
/** Requests queue without end at 1; a pod that is this busy takes fifty times as long. */
const BUSIEST = 0.98;
const LONGEST = 4000;

/**
 * How long a request takes besides its database, in machine milliseconds at every speed of the world: what a client times
 * is a matter of sockets. With fewer pods `ready` than the `needed` ones each is busier and requests queue, work / (1 −
 * utilization) as in any queue: at full capacity twice the work, at three quarters three times, at half of it fifty
 * times. The same for the same seed and ordinal.
 */
export function responseTime(
  kind: Kind,
  { ready, needed }: { ready: number; needed: number },
  { seed, ordinal }: { seed: number; ordinal: number },
): number {
  const busy = Math.min(BUSIEST, (BUSY_AT_FULL_CAPACITY * needed) / Math.max(1, ready));
  const varied = 0.7 + 0.6 * fraction(seed, 'response time', kind, ordinal);
  return Math.min(LONGEST, Math.round((WORK[kind] * varied) / (1 - busy)));
}
