import { describe, expect, it } from '@jest/globals';
import { compareFigures } from '../../src/actions/postgres/compare.ts';
import { readFigures } from '../../src/actions/postgres/figures.ts';
import type { PostgresSession } from '../../src/adapters/postgres/index.ts';

const now = { rows: { users: 298 }, estimates: {}, roundTripMs: 1 };

describe('comparing rows with those of before', () => {
  it('names counted rows that are missing, and that users may have deleted them', () => {
    const { missingRows, sentence } = compareFigures({ rows: { users: 300 }, roundTripMs: 1 }, now);

    expect(missingRows).toBe(2);
    expect(sentence).toMatch(/^Rows that were there before are missing: users 2\. Users may have deleted them; where/);
  });

  it('derives nothing from a table that is estimated by now', () => {
    const before = { rows: { users: 298, messages: 1_999_999 }, roundTripMs: 1 };
    const found = compareFigures(before, { ...now, estimates: { messages: 1_500_000 } });
    const nothing = compareFigures({ rows: { messages: 5 }, roundTripMs: 1 }, { ...now, estimates: { messages: 3 } });

    expect(found).toMatchObject({ missingRows: 0, sentence: expect.stringMatching(/^No row is missing in users\./) });
    expect(nothing.sentence).toMatch(/^No table was counted both times/);
  });

  it('keeps what is estimated apart from what was counted', async () => {
    const tables = [
      { name: 'messages', estimate: 3_000_000 },
      { name: 'users', estimate: 300 },
    ];
    const query = async (sql: string) => (sql.includes('reltuples') ? tables : [{ rows: '298' }]);

    const figures = await readFigures({ query } as unknown as PostgresSession, undefined, AbortSignal.timeout(5000));

    expect(figures).toMatchObject({ rows: { users: 298 }, estimates: { messages: 3_000_000 } });
    expect(Object.keys(figures.rows)).toEqual(['users']);
  });
});
