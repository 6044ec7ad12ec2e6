import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { WriteBucket } from '../../../sandbox/control/wire.ts';
import { barWidth, joinBuckets } from '../../../sandbox/page/src/chart/bins.ts';

const bucket = (from: number, change: Partial<WriteBucket> = {}): WriteBucket => ({
  from,
  to: from + 10_000,
  acknowledged: 5,
  failed: 0,
  lost: 0,
  ...change,
});
const sum = (list: readonly WriteBucket[], key: 'acknowledged' | 'failed' | 'lost') =>
  list.reduce((total, one) => total + one[key], 0);

describe('the bars of the strip', () => {
  test('are wide enough to be seen', () => {
    expect(barWidth(300_000, 400)).toBe(10_000);
    expect(barWidth(3600_000, 400)).toBe(60_000);
    expect(barWidth(90 * 86_400_000, 400)).toBe(86_400_000);
  });

  test('join what falls into the same slice', () => {
    const bars = joinBuckets([bucket(0), bucket(10_000, { failed: 2 }), bucket(20_000, { lost: 1 })], 20_000);

    expect(bars).toEqual([
      { from: 0, to: 20_000, acknowledged: 10, failed: 2, lost: 0 },
      { from: 20_000, to: 30_000, acknowledged: 5, failed: 0, lost: 1 },
    ]);
  });

  test('leave the buckets as they were', () => {
    const known = bucket(0);

    joinBuckets([known, bucket(10_000)], 60_000);

    expect(known).toEqual(bucket(0));
  });

  test('lose no write and no moment, whatever is joined', () => {
    const count = fc.integer({ min: 0, max: 9 });
    const buckets = fc
      .array(fc.record({ acknowledged: count, failed: count }), { maxLength: 60 })
      .map((list) => list.map((one, index) => bucket(index * 10_000, { ...one, lost: Math.min(1, one.acknowledged) })));
    fc.assert(
      fc.property(buckets, fc.constantFrom(10_000, 30_000, 300_000), (list, width) => {
        const bars = joinBuckets(list, width);

        for (const key of ['acknowledged', 'failed', 'lost'] as const) expect(sum(bars, key)).toBe(sum(list, key));
        for (const [index, bar] of bars.entries()) expect(bar.from).toBe(bars[index - 1]?.to ?? 0);
      }),
    );
  });
});
