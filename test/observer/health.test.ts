import { describe, expect, it } from '@jest/globals';
import { samplingSeconds } from '../../src/domain/sampling.ts';
import { continueStreak, detectedAt } from '../../src/observer/health.ts';
import { memorySamples } from '../support/run-context.ts';

const sample = (at: number, healthy: boolean, since: number) => ({
  at,
  value: { healthy, since, looks: 4, status: 200 },
});
const good = { healthy: true, status: 200 };
const bad = { healthy: false, status: 0 };

describe('continueStreak', () => {
  it.each([
    { name: 'the first sample', previous: undefined, checked: bad, since: 100_000 },
    { name: 'the same again', previous: sample(95_000, false, 80_000), checked: bad, since: 80_000, looks: 5 },
    { name: 'the trouble begins', previous: sample(95_000, true, 80_000), checked: bad, since: 100_000 },
    { name: 'it is over', previous: sample(95_000, false, 80_000), checked: good, since: 100_000 },
    { name: 'nobody watched for long', previous: sample(-300_000, false, -400_000), checked: bad, since: 100_000 },
  ])('$name', ({ previous, checked, since, looks = 1 }) => {
    expect(continueStreak(previous, checked, 100_000)).toEqual({ ...checked, since, looks });
  });
});

describe('detectedAt', () => {
  it.each([
    { name: 'the start of the unhealthy streak', newest: sample(95_000, false, 80_000), expected: 80_000 },
    { name: 'now, while it is healthy', newest: sample(95_000, true, 10_000), expected: 100_000 },
    { name: 'now, when it was never watched', newest: undefined, expected: 100_000 },
    { name: 'now, when nobody watched since', newest: sample(-300_000, false, -400_000), expected: 100_000 },
  ])('is $name', async ({ newest, expected }) => {
    const samples = memorySamples(newest ? { health: [newest] } : {});

    expect(await detectedAt(samples, 100_000)).toBe(expected);
  });
});

it.each([
  [1, 5],
  [10, 5],
  [60, 15],
])('at speed %d it samples every %d world seconds', (speed, seconds) => {
  expect(samplingSeconds({ speed: () => speed })).toBe(seconds);
});
