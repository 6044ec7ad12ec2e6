import { describe, expect, it } from '@jest/globals';
import {
  acknowledgedNumbers,
  downtime,
  firstAcknowledgedAfter,
  type Outcome,
  outages,
  writingSince,
} from '../../../sandbox/client/statistics.ts';

/** One write a second, answered 100 ms later: `+` acknowledged, `-` failed. */
const timeline = (marks: string): Outcome[] =>
  Array.from(marks, (mark, index) => ({
    number: index + 1,
    sentAt: index * 1000,
    at: index * 1000 + 100,
    acknowledged: mark === '+',
  }));

describe('statistics of the client', () => {
  it.each([
    ['++++', []],
    ['+--+', [{ from: 1000, to: 3100 }]],
    [
      '-+--',
      [
        { from: 0, to: 1100 },
        { from: 2000, to: undefined },
      ],
    ],
  ])('sees the outages of %s', (marks, expected) => {
    const found = outages(timeline(marks));

    expect(found).toEqual(expected);
  });

  it.each([
    ['++++', 0, 5000, 0],
    ['+--+', 0, 5000, 2100],
    ['+--+', 2000, 5000, 1100],
    ['+--+', 0, 2000, 1000],
    ['-+--', 0, 5000, 4100],
  ])('counts the downtime of %s from %i until %i', (marks, since, until, expected) => {
    const total = downtime(timeline(marks), since, until);

    expect(total).toBe(expected);
  });

  it('finds the first acknowledgement of a write that was sent after a moment', () => {
    const outcomes = timeline('+--++');

    expect(firstAcknowledgedAfter(outcomes, 1)).toBe(3100);
    expect(firstAcknowledgedAfter(outcomes, 4001)).toBeUndefined();
  });

  it.each([
    ['+-+-++', 3, undefined],
    ['+-+-+++', 3, 4100],
    ['+++', 3, 100],
    ['++++-', 3, undefined],
    ['', 1, undefined],
  ])('tells since when %s writes, %i in a row', (marks, inARow, expected) => {
    const since = writingSince(timeline(marks), inARow);

    expect(since).toBe(expected);
  });

  it('reads writes by their number, whatever the order of their answers', () => {
    const outcomes = timeline('+-+').reverse();

    expect(acknowledgedNumbers(outcomes)).toEqual([1, 3]);
    expect(outages(outcomes)).toEqual([{ from: 1000, to: 2100 }]);
  });
});
