import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { downtime, type Outcome } from '../../../sandbox/client/statistics.ts';
import { WriteLog } from '../../../sandbox/measurements/write-log.ts';
import { timeline } from './outcomes.ts';

function logOf(outcomes: readonly Outcome[]): WriteLog {
  const log = new WriteLog();
  log.add(outcomes);
  return log;
}

describe('the log of writes', () => {
  it.each([
    ['++++++++', []],
    ['++----++++', []],
    ['++-----+++++', [{ from: 2000, to: 7100, failed: 5, lastBefore: 1100 }]],
    ['++-----++++', [{ from: 2000, to: undefined, failed: 5, lastBefore: 1100 }]],
    ['---+--++++++', [{ from: 0, to: 6100, failed: 5, lastBefore: undefined }]],
    [
      '-----+++++------',
      [
        { from: 0, to: 5100, failed: 5, lastBefore: undefined },
        { from: 10_000, to: undefined, failed: 6, lastBefore: 9100 },
      ],
    ],
  ])('sees in %s when users could not write', (marks, expected) => {
    const breaks = logOf(timeline(marks)).breaks();

    expect(breaks).toEqual(expected);
  });

  it('agrees with the statistics of the client, in whatever order and portions writes are answered', () => {
    const writes = fc.array(fc.record({ acknowledged: fc.boolean(), late: fc.nat({ max: 8 }) }), { maxLength: 300 });
    fc.assert(
      fc.property(writes, fc.integer({ min: 1, max: 40 }), fc.nat({ max: 200 }), (what, portion, since) => {
        const marks = what.map(({ acknowledged }) => (acknowledged ? '+' : '-')).join('');
        const outcomes = timeline(marks)
          .map((outcome, index) => ({ outcome, rank: index + (what[index]?.late ?? 0) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ outcome }) => outcome);
        const log = new WriteLog();

        for (let at = 0; at < outcomes.length; at += portion) {
          log.add(outcomes.slice(at, at + portion));
          log.breaks();
        }

        const until = what.length * 1000;
        expect(log.downtime(since * 1000, until)).toBe(downtime(outcomes, since * 1000, until));
      }),
    );
  });

  it('goes on after numbers that were never reported', () => {
    const log = logOf([...timeline('+++------', 0), ...timeline('++++++', 60_000, 2000)]);

    expect(log.breaks()).toEqual([{ from: 3000, to: 60_100, failed: 6, lastBefore: 2100 }]);
  });

  it('tells the share of the last 25 writes, and why the last one failed', () => {
    const log = logOf(timeline(`${'-'.repeat(100)}${'+'.repeat(20)}`));

    const picture = log.picture(3);

    expect(picture).toEqual({ acknowledged: 20, failed: 100, lost: 3, successRate: 0.8, lastFailure: 'timeout' });
  });

  it('knows no share before the first write', () => {
    expect(new WriteLog().picture(0)).toEqual({ acknowledged: 0, failed: 0, lost: 0 });
  });
});
