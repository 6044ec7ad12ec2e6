import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { startTimeLimit, timeLimit } from '../../src/domain/time-limit.ts';

afterEach(() => void jest.useRealTimers());

/** This process stands still for so many milliseconds. */
function standStill(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('a time limit', () => {
  it.each([
    [10, 10],
    [120, 120],
    [9.5, 10],
  ])('of %d ms has passed after %d', (milliseconds, after) => {
    jest.useFakeTimers();
    const passed = jest.fn();

    startTimeLimit(milliseconds, passed);

    jest.advanceTimersByTime(after - 1);
    expect(passed).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1000);
    expect(passed).toHaveBeenCalledTimes(1);
  });

  it('never passes once it is cancelled', () => {
    jest.useFakeTimers();
    const passed = jest.fn();
    const cancel = startTimeLimit(120, passed);
    jest.advanceTimersByTime(80);

    cancel();

    jest.advanceTimersByTime(1000);
    expect(passed).not.toHaveBeenCalled();
  });

  it('ends a signal as a deadline does', async () => {
    const limit = timeLimit(20);

    await new Promise((resolve) => limit.addEventListener('abort', resolve, { once: true }));

    expect(limit.reason).toMatchObject({ name: 'TimeoutError', message: 'No answer within 20 ms' });
  });

  it('leaves time to read what has come in while the process stood still', async () => {
    const limit = timeLimit(150);

    standStill(400);
    await setTimeout(20);

    expect(limit.aborted).toBe(false);
  });
});
