import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { startTimeLimit, timeLimit } from '../../src/domain/time-limit.ts';

afterEach(() => void jest.useRealTimers());

/** Keeps this process from everything else for so many milliseconds. */
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

  it.each([
    ['early', 150, 10],
    ['in its last moments', 150, 120],
  ])('reads what has come in while the process stood still %s', async (_when, milliseconds, at) => {
    const [here, there] = await connected();
    const order: string[] = [];
    here.once('data', () => order.push('answer'));
    startTimeLimit(milliseconds, () => order.push('passed'));
    await setTimeout(at);

    // Answered while it stands still, in a turn of its own as when a socket is read.
    await setImmediate();
    there.write('here I am');
    standStill(400);
    while (!order.includes('passed')) await setTimeout(5);
    here.destroy();
    there.destroy();

    expect(order).toEqual(['answer', 'passed']);
  });
});

/** Two ends of a connection of this process. */
async function connected(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [there] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [here, there];
}
