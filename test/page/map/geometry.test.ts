import { describe, expect, test } from '@jest/globals';
import {
  directionAtEnd,
  lineBetween,
  lineOfReplication,
  pathOf,
  shortened,
} from '../../../sandbox/page/src/map/geometry.ts';

const box = (x: number, y: number, width = 100, height = 50) => ({ x, y, width, height });

describe('lines between nodes', () => {
  test('are straight to the side, straight down, and turned where both are needed', () => {
    expect(lineBetween(box(0, 0), box(200, 10))).toEqual([
      { x: 100, y: 25 },
      { x: 200, y: 25 },
    ]);
    expect(lineBetween(box(0, 0), box(0, 100))).toEqual([
      { x: 50, y: 50 },
      { x: 50, y: 100 },
    ]);
    expect(lineBetween(box(200, 0), box(0, 100))).toEqual([
      { x: 250, y: 50 },
      { x: 250, y: 64 },
      { x: 50, y: 64 },
      { x: 50, y: 100 },
    ]);
  });

  test('of replication go below the regions where there is no room for words between them', () => {
    const wide = lineOfReplication(box(0, 0), box(212, 0), 300);
    const narrow = lineOfReplication(box(0, 0), box(124, 0), 300);

    expect(wide.points).toHaveLength(2);
    expect(wide.words).toEqual({ x: 156, y: 25 });
    expect(narrow.points).toHaveLength(4);
    expect(narrow.words.y).toBeGreaterThan(300);
  });

  test('of replication point the other way when the other region is the primary', () => {
    const { points } = lineOfReplication(box(212, 0), box(0, 0), 300);

    expect(points).toEqual([
      { x: 212, y: 25 },
      { x: 100, y: 25 },
    ]);
    expect(directionAtEnd(points)).toBe(180);
  });

  test('end short of what they do not reach, and never before they begin', () => {
    const line = lineBetween(box(0, 0), box(200, 0));

    expect(shortened(line, 12).at(-1)).toEqual({ x: 188, y: 25 });
    expect(shortened(line, 500).at(-1)).toEqual({ x: 100, y: 25 });
  });

  test('have round corners that fit even a short turn', () => {
    const path = pathOf([
      { x: 0, y: 0 },
      { x: 0, y: 6 },
      { x: 100, y: 6 },
    ]);

    expect(path).toBe('M0 0L0 3Q0 6 3 6L100 6');
  });
});
