import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { takeTime } from '../../../sandbox/world/take-time.ts';
import { emptyWorld } from '../slack/workspace.ts';

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void jest.useRealTimers());

/** A world that runs, and what has happened in it: name and world seconds since it began. */
function runningWorld(speed: number) {
  const world = emptyWorld(speed);
  const beganAt = world.clock.now();
  const happened: [string, number][] = [];
  world.handle('bell', ({ name }) => happened.push([String(name), (world.clock.now() - beganAt) / 1000]));
  world.start();
  return { world, happened, bell: (seconds: number, name: string) => world.schedule(seconds * 1000, 'bell', { name }) };
}

describe('what is scheduled', () => {
  it('happens at its world time, whatever the speed was when it was scheduled and however it changes', () => {
    const { world, happened, bell } = runningWorld(1);
    bell(30, 'soon');
    bell(600, 'later');
    jest.advanceTimersByTime(10_000);

    world.setSpeed(10);
    jest.advanceTimersByTime(2000);
    world.setSpeed(60);
    jest.advanceTimersByTime(9500);

    expect(happened).toEqual([
      ['soon', 30],
      ['later', 600],
    ]);
  });

  it('waits while the world is paused, without a timer, and goes on where it stood', () => {
    const { world, happened, bell } = runningWorld(10);
    bell(30, 'promoted');
    jest.advanceTimersByTime(2000);

    world.setSpeed(0);
    const timers = jest.getTimerCount();
    jest.advanceTimersByTime(600_000);
    const during = [...happened];
    bell(5, 'asked in the pause');
    world.setSpeed(60);
    jest.advanceTimersByTime(84);
    jest.advanceTimersByTime(83);

    expect(timers).toBe(0);
    expect(during).toEqual([]);
    expect(happened).toEqual([
      ['asked in the pause', expect.closeTo(25, 0)],
      ['promoted', expect.closeTo(30, 0)],
    ]);
  });

  it('stays scheduled when the world is stopped, and a change of speed does not begin it', () => {
    const { world, happened, bell } = runningWorld(10);
    bell(30, 'never');

    world.stop();
    world.setSpeed(60);
    bell(1, 'nor this');
    jest.advanceTimersByTime(60_000);

    expect(happened).toEqual([]);
    expect(world.state.scheduled).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
  });
});

it('tells those who watch that the speed has changed, once', () => {
  const world = emptyWorld(10);
  const speeds: number[] = [];
  world.on('speed', () => speeds.push(world.clock.speed()));

  world.setSpeed(10);
  world.setSpeed(0);
  world.setSpeed(60);

  expect(speeds).toEqual([0, 60]);
});

describe('a call that takes its time', () => {
  const call = (speed: number, worldMilliseconds: number, signal?: AbortSignal) => {
    const world = emptyWorld(speed);
    const answered = jest.fn();
    void world.takeTime(worldMilliseconds, signal).then(answered);
    return { world, answered };
  };
  const isAnsweredAfter = async (answered: () => void, milliseconds: number) => {
    await jest.advanceTimersByTimeAsync(milliseconds - 1);
    expect(answered).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(answered).toHaveBeenCalledTimes(1);
  };

  it.each([
    [60, 5],
    [10, 30],
    [1, 300],
    [0.1, 300],
    [0, 300],
  ])('of 300 world milliseconds at %d× is answered after %d ms', async (speed, milliseconds) => {
    const { answered } = call(speed, 300);

    await isAnsweredAfter(answered, milliseconds);
  });

  it('goes on in machine time when the world is paused meanwhile, and faster when it runs again', async () => {
    const { world, answered } = call(10, 3000);
    await jest.advanceTimersByTimeAsync(100);
    world.setSpeed(0);
    await jest.advanceTimersByTimeAsync(1000);

    world.setSpeed(20);

    await isAnsweredAfter(answered, 50);
  });

  it('ends early with its signal, in a pause too', async () => {
    const stop = new AbortController();
    const { answered } = call(0, 60_000, stop.signal);

    stop.abort();
    await jest.advanceTimersByTimeAsync(0);

    expect(answered).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
    await takeTime(emptyWorld(1).clock, 1000, stop.signal);
  });
});
