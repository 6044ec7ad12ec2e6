import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placeFlags } from '../../../sandbox/page/src/chart/flags.ts';

const widthOf = (label: string) => Math.max(16, label.length * 7 + 8);

describe('the flags at the lines', () => {
  test('are joined where they would overlap', () => {
    const flags = placeFlags([100, 104, 300], 500, widthOf);

    expect(flags.map(({ label, x }) => [label, x])).toEqual([
      ['1–2', 102],
      ['3', 300],
    ]);
  });

  test('stay within the room at both ends', () => {
    const flags = placeFlags([0, 500], 500, widthOf);

    expect(flags.map(({ x, width }) => [x - width / 2, x + width / 2])).toEqual([
      [0, 16],
      [484, 500],
    ]);
  });

  test('never overlap, and each mark is in one of them, whatever the marks are', () => {
    const marks = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 30 }).map((xs) => xs.sort((a, b) => a - b));
    fc.assert(
      fc.property(marks, (positions) => {
        const flags = placeFlags(positions, 400, widthOf);

        const numbers = flags.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        );
        expect(numbers).toEqual(positions.map((_, index) => index + 1));
        for (const [index, flag] of flags.entries()) {
          const next = flags[index + 1];
          if (next) expect(flag.x + flag.width / 2).toBeLessThanOrEqual(next.x - next.width / 2);
        }
      }),
    );
  });
});
