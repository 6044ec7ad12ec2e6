import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { createLateLine } from '../../../sandbox/postgres/late-line.ts';
import { createWorldClock } from '../../../src/domain/clock.ts';

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void jest.useRealTimers());

/** CopyBothResponse: from then on everything is a change. */
const STREAM_BEGINS = Buffer.from('W\0\0\0\x07\0\0\0', 'latin1');

/** A line that holds changes back for 600 world seconds, and what has come out of it. */
function line(speed: number) {
  const clock = createWorldClock({ machine: Date.now(), world: 0, speed });
  const late = createLateLine(clock, () => 600);
  const primary = new EventEmitter();
  const arrived: string[] = [];
  const replica = { write: (bytes: Buffer) => arrived.push(bytes.toString()), end() {} };
  const { stop } = late.carry(primary as Socket, replica as unknown as Socket);
  primary.emit('data', STREAM_BEGINS);
  arrived.length = 0;
  return { clock, late, arrived, stop, send: (text: string) => primary.emit('data', Buffer.from(text)) };
}

it('delivers a change when its world time has come, however the speed changes on its way', () => {
  const { clock, arrived, send } = line(1);
  send('one');
  jest.advanceTimersByTime(60_000);
  send('two');

  clock.setSpeed(60);
  jest.advanceTimersByTime(8999);
  const before = [...arrived];
  jest.advanceTimersByTime(1);
  const first = [...arrived];
  jest.advanceTimersByTime(1000);

  expect(before).toEqual([]);
  expect(first).toEqual(['one']);
  expect(arrived).toEqual(['one', 'two']);
});

it('holds what is under way as long as the world is paused, and no older than it was', () => {
  const { clock, late, arrived, send } = line(60);
  send('one');
  jest.advanceTimersByTime(1000);

  clock.setSpeed(0);
  const timers = jest.getTimerCount();
  jest.advanceTimersByTime(3_600_000);
  const held = late.heldSeconds();
  const during = [...arrived];
  clock.setSpeed(60);
  jest.advanceTimersByTime(9000);

  expect(timers).toBe(0);
  expect(held).toBe(60);
  expect(during).toEqual([]);
  expect(arrived).toEqual(['one']);
});

it('leaves no timer behind when the line is cut', () => {
  const { arrived, send, stop } = line(60);
  send('one');

  stop();
  jest.advanceTimersByTime(60_000);

  expect(arrived).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});
