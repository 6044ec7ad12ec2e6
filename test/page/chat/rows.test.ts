import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupsOf, type Row, rowsOf } from '../../../sandbox/page/src/chat/rows.ts';
import type { Ephemeral, Message } from '../../../sandbox/slack/state.ts';

/** 2026-03-01 23:58:00 UTC. */
const LATE = Date.UTC(2026, 2, 1, 23, 58, 0) / 1000;

const said = (seconds: number, change: Partial<Message> = {}): Message => ({
  ts: (LATE + seconds).toFixed(6),
  channel: 'C0',
  user: 'U0A',
  text: 'said',
  ...change,
});
const outline = (rows: Row[]) =>
  rows.map((row) => {
    if (row.kind === 'day') return row.day;
    if (row.kind === 'replies') return `${row.count} replies`;
    return row.kind === 'new' ? 'new' : `${row.said.user}${row.continued ? ' …' : ''}`;
  });

describe('the rows of a conversation', () => {
  test.each<[string, Message[], Parameters<typeof rowsOf>[1], string[]]>([
    ['one author, soon after', [said(0), said(60)], {}, ['2026-03-01', 'U0A', 'U0A …']],
    [
      'one author, six minutes later, on the next day',
      [said(0), said(360)],
      {},
      ['2026-03-01', 'U0A', '2026-03-02', 'U0A'],
    ],
    ['two authors', [said(0), said(1, { user: 'U0B' })], {}, ['2026-03-01', 'U0A', 'U0B']],
    [
      'below what was seen',
      [said(0), said(1), said(2)],
      { newAfter: said(0).ts },
      ['2026-03-01', 'U0A', 'new', 'U0A', 'U0A …'],
    ],
    ['all of it seen', [said(0), said(1)], { newAfter: said(1).ts }, ['2026-03-01', 'U0A', 'U0A …']],
    [
      'behind a message with a thread',
      [said(0), said(1)],
      { withThread: new Set([said(0).ts]) },
      ['2026-03-01', 'U0A', 'U0A'],
    ],
    ['in a thread', [said(0), said(1)], { thread: said(0).ts }, ['2026-03-01', 'U0A', '1 replies', 'U0A']],
  ])('%s', (_name, timeline, options, expected) => {
    expect(outline(rowsOf(timeline, options))).toEqual(expected);
  });

  test('head each whisper anew, and what follows it', () => {
    const whispers: Ephemeral[] = [1, 2].map((seconds) => ({ ...said(seconds), to: 'U0B' }));

    const rows = rowsOf([said(0), ...whispers, said(3)]);

    expect(outline(rows)).toEqual(['2026-03-01', 'U0A', 'U0A', 'U0A', 'U0A']);
  });
});

describe('the groups of rows', () => {
  const timelines = fc
    .uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 300 })
    .map((seconds) => seconds.toSorted((a, b) => a - b).map((second) => said(second)));

  test('are all the rows, in order', () => {
    fc.assert(
      fc.property(timelines, (timeline) => {
        const rows = rowsOf(timeline);

        expect(groupsOf(rows).flatMap((group) => group.rows)).toEqual(rows);
      }),
    );
  });

  test.each([0.25, 1, 7, 60, 3600])('are nowhere very long with messages %d s apart', (apart) => {
    const rows = rowsOf(Array.from({ length: 1000 }, (_, index) => said(index * apart)));

    const sizes = groupsOf(rows).map((group) => group.rows.length);

    expect(Math.max(...sizes)).toBeLessThan(80);
    expect(sizes.length).toBeGreaterThan(60);
    expect(sizes.length).toBeLessThan(220);
  });

  test('keep every message where it is, whatever else comes or goes', () => {
    const groupOf = (timeline: Message[]) =>
      new Map(groupsOf(rowsOf(timeline)).flatMap(({ key, rows }) => rows.map((row) => [row.key, key] as const)));
    fc.assert(
      fc.property(timelines, fc.nat(), (timeline, at) => {
        const position = at % timeline.length;
        const without = timeline.toSpliced(position, 1);

        const before = groupOf(timeline);
        const after = groupOf(without);

        const gone = timeline[position]?.ts;
        for (const { ts } of without) {
          // The first of a group gives it its name: with it, the name goes.
          if (before.get(ts) !== gone) expect(after.get(ts)).toBe(before.get(ts));
        }
      }),
    );
  });
});
