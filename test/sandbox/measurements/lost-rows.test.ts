import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LostRows, lossSeconds, missingFrom, rangesOf } from '../../../sandbox/measurements/lost-rows.ts';
import type { Databases } from '../../../sandbox/postgres/databases.ts';
import { PRIMARY, REPLICA, startChatbotDatabases } from '../postgres/world.ts';
import { timeline } from './outcomes.ts';

describe('lost rows', () => {
  let bench: Awaited<ReturnType<typeof startChatbotDatabases>>;
  let databases: Databases;
  /** Numbers that were asked for, by query. */
  const asked: number[] = [];
  const counting: Pick<Databases, 'query'> = {
    async query(instance, sql, params = []) {
      const [low, high] = params as [number[], number[]];
      asked.push(low.reduce((sum, from, index) => sum + (high[index] ?? 0) - from + 1, 0));
      return databases.query(instance, sql, params);
    },
  };
  const insert = (instance: string, from: number, to: number) =>
    databases.query(instance, 'INSERT INTO messages (id) SELECT generate_series($1::bigint, $2::bigint)', [from, to]);

  beforeAll(async () => {
    bench = await startChatbotDatabases();
    databases = bench.databases;
    await databases.promote(REPLICA);
    await insert(PRIMARY, 1, 100);
    await insert(REPLICA, 1, 90);
  });

  afterAll(async () => {
    await databases.close();
    await bench.remove();
  });

  it('are acknowledged writes whose row is not there', async () => {
    const writes = timeline('+'.repeat(100));

    const missing = await missingFrom(databases, REPLICA, writes);
    const ofNone = await missingFrom(databases, REPLICA, []);

    expect(missing.map(({ number }) => number)).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
    expect(ofNone).toEqual([]);
  });

  it('are asked for once per instance, and then only what is new or missing', async () => {
    const lost = new LostRows(counting);
    const outcomes = timeline(`${'+'.repeat(98)}--`);
    asked.length = 0;

    await lost.look(REPLICA, outcomes);
    const first = lost.list().map(({ number }) => number);
    outcomes.push(...timeline('+-', 100_000, 101));
    await lost.look(REPLICA, outcomes);
    const second = lost.list().map(({ number }) => number);
    await insert(REPLICA, 95, 101);
    await lost.look(REPLICA, outcomes);

    expect(first).toEqual([91, 92, 93, 94, 95, 96, 97, 98]);
    expect(second).toEqual([...first, 101]);
    expect(lost.list().map(({ number }) => number)).toEqual([91, 92, 93, 94]);
    expect(asked).toEqual([98, 9, 9]);
  });

  it('are compared anew when another instance serves, and are none when nothing was promoted', async () => {
    const lost = new LostRows(databases);
    const outcomes = timeline('+'.repeat(100));
    await lost.look(REPLICA, outcomes);
    const onReplica = lost.list().length;

    await lost.look(PRIMARY, outcomes);
    const onPrimary = lost.list().length;
    await lost.look(undefined, outcomes);

    expect(onReplica).toBeGreaterThan(0);
    expect(onPrimary).toBe(0);
    expect(lost.instance()).toBeUndefined();
  });

  it('stay as they were known when the database does not answer', async () => {
    let isDown = false;
    const lost = new LostRows({
      query: (instance, sql, params) =>
        isDown ? Promise.reject(new Error('the server restarts')) : databases.query(instance, sql, params),
    });
    const outcomes = timeline('+'.repeat(100));
    await lost.look(REPLICA, outcomes);
    const before = lost.list();
    isDown = true;

    await expect(lost.look(REPLICA, [...outcomes, ...timeline('+', 200_000, 200)])).rejects.toThrow('restarts');

    expect(lost.list()).toBe(before);
  });
});

describe('ranges of numbers', () => {
  it.each([
    [[], []],
    [[5], [[5, 5]]],
    [[3, 1, 2], [[1, 3]]],
    [
      [1, 2, 4, 9, 10],
      [
        [1, 2],
        [4, 4],
        [9, 10],
      ],
    ],
  ])('of %o are %o', (numbers, expected) => {
    expect(rangesOf(numbers)).toEqual(expected);
  });
});

describe('seconds of loss', () => {
  it.each([
    ['nothing', [], 90_000, 0],
    ['the last half minute', [60_000, 89_000], 90_000, 30],
    ['what was written after the outage began', [95_000], 90_000, 0],
    ['an outage without anything before it', [60_000], undefined, 0],
  ])('for %s', (_what, times, lastBefore, expected) => {
    const seconds = lossSeconds(
      times.map((at) => ({ at })),
      lastBefore,
    );

    expect(seconds).toBe(expected);
  });
});
