import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { observationTimeout } from '../../src/adapters/deadline.ts';
import { createWorldClock } from '../../src/domain/clock.ts';
import { Retryable } from '../../src/domain/errors.ts';
import { lookAt, startDeadline } from '../../src/usecases/observe-step.ts';
import { createRunContext } from '../support/run-context.ts';

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void jest.useRealTimers());

/** Milliseconds that a faked setImmediate takes. */
const IMMEDIATE = 1;

function deadlineAt(speed: number, outer?: AbortSignal) {
  const clock = createWorldClock({ machine: Date.now(), world: 0, speed });
  return { clock, deadline: startDeadline(() => observationTimeout(clock, 1), clock, outer) };
}

it.each([
  [60, 700],
  [1, 2000],
  [0, 2000],
])('what is looked at in a world at %d× has %d ms to answer', (speed, milliseconds) => {
  const { deadline } = deadlineAt(speed);

  jest.advanceTimersByTime(milliseconds - 1);
  const before = deadline.signal.aborted;
  jest.advanceTimersByTime(1 + IMMEDIATE);

  expect(before).toBe(false);
  expect(deadline.signal.aborted).toBe(true);
  deadline.end();
});

it('begins anew when the world is paused or made slower meanwhile', () => {
  const { clock, deadline } = deadlineAt(60);
  jest.advanceTimersByTime(500);

  clock.setSpeed(0);
  jest.advanceTimersByTime(1999);
  const before = deadline.signal.aborted;
  jest.advanceTimersByTime(1 + IMMEDIATE);

  expect(before).toBe(false);
  expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError', message: 'no answer within 2.0 s' });
  deadline.end();
});

it('becomes no shorter when the world goes on faster meanwhile', () => {
  const { clock, deadline } = deadlineAt(1);
  jest.advanceTimersByTime(500);

  clock.setSpeed(60);
  jest.advanceTimersByTime(1499);
  const before = deadline.signal.aborted;
  jest.advanceTimersByTime(1 + IMMEDIATE);

  expect(before).toBe(false);
  expect(deadline.signal.aborted).toBe(true);
  deadline.end();
});

it('rejects after its grace what did not end by itself, and leaves nothing behind', async () => {
  const { clock, deadline } = deadlineAt(60);

  jest.advanceTimersByTime(700 + IMMEDIATE);
  clock.setSpeed(1);
  jest.advanceTimersByTime(250 + IMMEDIATE);

  await expect(deadline.expired).rejects.toThrow('no answer within 0.7 s');
  deadline.end();
  clock.setSpeed(60);
  expect(jest.getTimerCount()).toBe(0);
});

it('ends with its outer signal', () => {
  const outer = new AbortController();
  const { deadline } = deadlineAt(1, outer.signal);

  outer.abort('stopped');

  expect(deadline.signal.reason).toBe('stopped');
  deadline.end();
});

it("takes a failure of Lifeboat's own database for no silence of what is looked at", async () => {
  const { deadline } = deadlineAt(60);
  const failing = (code: string) => ({ observe: () => Promise.reject(new Retryable(code, 'No answer.')) }) as never;
  const look = (code: string) => lookAt(failing(code), {}, createRunContext(), deadline);

  await expect(look('store.unavailable')).rejects.toMatchObject({ code: 'store.unavailable' });
  await expect(look('rds.timeout')).resolves.toMatchObject({ kind: 'unreachable' });
  deadline.end();
});
