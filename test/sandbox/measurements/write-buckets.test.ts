import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { WriteBucket } from '../../../sandbox/control/wire.ts';
import { WriteBuckets } from '../../../sandbox/measurements/write-buckets.ts';
import { timeline } from './outcomes.ts';

const START = Date.UTC(2026, 10, 23, 2, 0);
const HOUR = 3600_000;

/** What a watcher knows who replaces every known bucket that begins within a told one. */
function replaced(known: WriteBucket[], told: WriteBucket[]): WriteBucket[] {
  const kept = known.filter(({ from }) => !told.some((bucket) => bucket.from <= from && from < bucket.to));
  return [...kept, ...told].sort((a, b) => a.from - b.from);
}

describe('the buckets of the strip', () => {
  it('count writes by when they were sent', () => {
    const buckets = new WriteBuckets(START);

    buckets.add(timeline('++++++++--++', START + 4000));

    expect(buckets.list()).toEqual([
      { from: START, to: START + 10_000, acknowledged: 6, failed: 0, lost: 0 },
      { from: START + 10_000, to: START + 20_000, acknowledged: 4, failed: 2, lost: 0 },
    ]);
  });

  it('reach the present also while nobody writes', () => {
    const buckets = new WriteBuckets(START);

    buckets.extendTo(START + 35_000);

    expect(buckets.list().map(({ from, to }) => [from - START, to - START])).toEqual([
      [0, 10_000],
      [10_000, 20_000],
      [20_000, 30_000],
      [30_000, 40_000],
    ]);
  });

  it('tell what changed, once', () => {
    const buckets = new WriteBuckets(START);
    buckets.extendTo(START + 25_000);
    buckets.takeChanged();

    buckets.add(timeline('+', START + 12_000));
    const first = buckets.takeChanged();
    const second = buckets.takeChanged();

    expect(first).toEqual([{ from: START + 10_000, to: START + 20_000, acknowledged: 1, failed: 0, lost: 0 }]);
    expect(second).toEqual([]);
  });

  it('count as lost what is lost now, and take it back when it is there again', () => {
    const buckets = new WriteBuckets(START);
    buckets.add(timeline('+'.repeat(20), START));

    buckets.setLost([START + 8000, START + 9000, START + 10_000]);
    const lost = buckets.list().map((bucket) => bucket.lost);
    buckets.setLost([START + 10_000]);

    expect(lost).toEqual([2, 1]);
    expect(buckets.list().map((bucket) => bucket.lost)).toEqual([0, 1]);
  });

  it('stay few however long the world runs, and lose nothing', () => {
    const buckets = new WriteBuckets(START);

    for (let hour = 0; hour <= 24 * 30; hour++) {
      buckets.add(timeline('++-', START + hour * HOUR + 90_000, hour * 3));
      buckets.extendTo(START + (hour + 1) * HOUR);
    }

    const list = buckets.list();
    expect(list.length).toBeLessThan(7500);
    expect(list.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBe(721 * 2);
    expect(list.reduce((sum, { failed }) => sum + failed, 0)).toBe(721);
    expect(list.slice(1).every(({ from }, index) => from === list[index]?.to)).toBe(true);
    expect(list.at(-1)).toMatchObject({ to: expect.any(Number) });
    expect((list.at(-1)?.to ?? 0) - (list.at(-1)?.from ?? 0)).toBe(10_000);
  });

  it('can be followed by what is told of them', () => {
    const steps = fc.array(
      fc.record({ pass: fc.nat({ max: 9 * HOUR }), writes: fc.nat({ max: 5 }), lost: fc.boolean() }),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(steps, (passing) => {
        const buckets = new WriteBuckets(START);
        let known = buckets.list();
        buckets.takeChanged();
        let now = START;
        for (const { pass, writes, lost } of passing) {
          now += pass;
          buckets.add(timeline('+'.repeat(writes), now));
          buckets.extendTo(now);
          if (lost) buckets.setLost([now - pass / 2]);
          known = replaced(known, buckets.takeChanged());
        }

        expect(known).toEqual(buckets.list());
      }),
      { numRuns: 30 },
    );
  });
});
