import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createWorldClock } from '../../src/domain/clock.ts';
import { samplingSeconds } from '../../src/domain/sampling.ts';
import { startWatch } from '../../src/observer/watch.ts';
import { silent } from '../support/engine.ts';

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void jest.useRealTimers());

/** A watch as the observer has it for databases; `looks` is in world seconds since it began. */
function watch(speed: number) {
  const clock = createWorldClock({ machine: Date.now(), world: 0, speed });
  const looks: number[] = [];
  const stop = startWatch(
    {
      system: 'chatbot',
      subject: 'database/chatbot-prod',
      interval: () => samplingSeconds(clock) * 1000,
      deadlineMs: () => 600,
      look: async () => void looks.push(clock.now() / 1000),
    },
    { clock, logger: silent },
  );
  return { clock, looks, stop };
}

it('looks every 5 world seconds, and where the world runs fast, every 250 ms', async () => {
  const slow = watch(1);
  await jest.advanceTimersByTimeAsync(11_000);
  await slow.stop();
  const fast = watch(60);
  await jest.advanceTimersByTimeAsync(750);
  await fast.stop();

  expect(slow.looks).toEqual([0, 5, 10]);
  expect(fast.looks).toEqual([0, 15, 30, 45]);
});

it('looks after the shorter interval when the world becomes slower', async () => {
  const { clock, looks, stop } = watch(60);
  await jest.advanceTimersByTimeAsync(300);

  clock.setSpeed(1);
  await jest.advanceTimersByTimeAsync(7000);
  await stop();

  // Until 18 at 60×; the next look was due at 30, and at 20 as the world runs now.
  expect(looks).toEqual([0, 15, 20, 25]);
});

it('keeps to the interval that its last look spoke for when the world becomes faster', async () => {
  const { clock, looks, stop } = watch(1);
  await jest.advanceTimersByTimeAsync(3000);

  clock.setSpeed(60);
  await jest.advanceTimersByTimeAsync(300);
  await stop();

  expect(looks).toHaveLength(3);
  expect(looks[1]).toBeCloseTo(5, 0);
  expect((looks[2] ?? 0) - (looks[1] ?? 0)).toBeGreaterThanOrEqual(15);
});

it('looks at nothing while the world is paused, and after several short ones no more than it would have', async () => {
  const { clock, looks, stop } = watch(60);
  await jest.advanceTimersByTimeAsync(100);

  clock.setSpeed(0);
  await jest.advanceTimersByTimeAsync(600_000);
  const during = [...looks];
  for (const speed of [60, 0, 60, 0]) clock.setSpeed(speed);
  await jest.advanceTimersByTimeAsync(1000);
  const still = [...looks];
  clock.setSpeed(60);
  await jest.advanceTimersByTimeAsync(150);
  await stop();

  expect(during).toEqual([0]);
  expect(still).toEqual([0]);
  expect(looks).toEqual([0, 15]);
});

it('ends at once in a pause', async () => {
  const { stop } = watch(0);
  await jest.advanceTimersByTimeAsync(1000);

  await stop();

  expect(jest.getTimerCount()).toBe(0);
});
