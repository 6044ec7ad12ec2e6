import type { Outcome } from '../../../sandbox/client/statistics.ts';

/** One write a second from `start` on, answered 100 ms later: `+` acknowledged, `-` failed. Numbers count from `first`. */
export function timeline(marks: string, start = 0, first = 1): Outcome[] {
  return Array.from(marks, (mark, index) => ({
    number: first + index,
    sentAt: start + index * 1000,
    at: start + index * 1000 + 100,
    acknowledged: mark === '+',
    ...(mark === '+' ? {} : { reason: 'timeout' }),
  }));
}
