import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { waitActions } from '../../src/actions/wait/index.ts';
import { type Action, defineAction, type JsonObject } from '../../src/domain/action.ts';
import { type Clock, createClock, createWorldClock } from '../../src/domain/clock.ts';
import { createRunContext } from '../support/run-context.ts';

const SPEED = 600;
const NOW = Date.UTC(2026, 2, 1, 3, 0);

/** An action that reads one number after the other; the last one stays. */
const reading = (...values: (number | null)[]): Action =>
  defineAction({
    id: 'test.lag',
    summary: 'Read the lag',
    effect: 'read',
    input: z.strictObject({ database: z.string() }),
    output: z.object({ lag: z.number().nullable() }),
    repeat: 'It only reads.',
    permissions: {},
    examples: [],
    dependsOn: () => [{ region: 'us-west-2' }],
    writes: () => [],
    expectedSeconds: () => 7,
    observe: async () => {
      const [value = null, ...rest] = values;
      if (rest.length > 0) values.splice(0, 1);
      return { facts: {}, measurements: { lag: value } };
    },
    change: () => ({ changes: [] }),
    run: () => Promise.reject(new Error('nobody runs it')),
  });

function waiting(action?: Action, clock: Clock = createWorldClock({ machine: Date.now(), world: NOW, speed: SPEED })) {
  const all = new Map<string, Action>(action ? [[action.id, action]] : []);
  const [until] = waitActions(() => all);
  if (!until) throw new Error('there is no wait.until');
  const run = async (given: JsonObject) => {
    const context = createRunContext({ clock, firstAttemptAt: NOW });
    return until.run(context, until.input.parse(given) as never);
  };
  return { until, run };
}

test('waits until what another action reads is as wanted, also while it is not known', async () => {
  const { run } = waiting(reading(null, 40, 3));

  const { outputs } = await run({ uses: 'test.lag', with: { database: 'replica' }, expect: 'outputs.lag <= 5' });

  expect(outputs).toMatchObject({ outputs: { lag: 3 } });
});

test.each([
  ['for so long, from its first attempt on', { for: '2m' }, 90_000],
  ['for nothing where that has passed', { for: '10s' }, 0],
  ['until a moment', { until: '2026-03-01T03:01:30Z' }, 60_000],
  ['until the clock says so', { until: '03:02' }, 90_000],
  ['until the clock says so again tomorrow', { until: '02:59' }, 86_400_000 - 90_000],
  ['for nothing where the moment has passed', { until: '2026-03-01T02:00:00Z' }, 0],
])('taken up again after half a minute, waits %s', async (_what, given, milliseconds) => {
  let now = NOW + 30_000;
  const slept: number[] = [];
  const { run } = waiting(undefined, {
    ...createClock(),
    now: () => now,
    async sleep(worldMilliseconds) {
      slept.push(worldMilliseconds);
      now += worldMilliseconds;
    },
  });

  const { outputs } = await run(given);

  expect(slept).toEqual([milliseconds]);
  expect(outputs).toMatchObject({ waitedSeconds: 30 + milliseconds / 1000 });
});

test('says of itself what the action that it looks with says', () => {
  const { until } = waiting(reading(1));
  const input = until.input.parse({ uses: 'test.lag', with: { database: 'replica' }, expect: 'true' }) as never;

  expect(until.expectedSeconds(input, {} as never)).toBe(7);
  expect(until.dependsOn(input, {} as never)).toEqual([{ region: 'us-west-2' }]);
});

test('looks with nothing that changes anything, or asks people', async () => {
  const change = { ...reading(1), id: 'test.change', effect: 'reversible' as const };

  await expect(waiting(change).run({ uses: 'test.change', expect: 'true' })).rejects.toThrow(
    /no action that only reads/,
  );
  await expect(waiting().run({ uses: 'manual.confirm', expect: 'true' })).rejects.toThrow(/no action that only reads/);
});
