import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { createClock, createWorldClock, type WorldClock } from '../../src/domain/clock.ts';

const WORLD = Date.UTC(2026, 0, 5, 9);

beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void jest.useRealTimers());

function worldClock(speed: number): WorldClock {
  return createWorldClock({ machine: Date.now(), world: WORLD, speed });
}

/** World milliseconds since the beginning at which `sleep` ended; undefined while it has not. */
function sleeper(clock: WorldClock, worldMilliseconds: number, signal?: AbortSignal) {
  const seen: { endedAt?: number; error?: unknown } = {};
  clock.sleep(worldMilliseconds, signal).then(
    () => {
      seen.endedAt = clock.now() - WORLD;
    },
    (error: unknown) => {
      seen.error = error;
    },
  );
  return seen;
}

describe('the clock of production', () => {
  it('is the machine’s own', async () => {
    const clock = createClock();
    const ended = jest.fn();
    void clock.sleep(1500).then(ended);

    await jest.advanceTimersByTimeAsync(1499);
    expect(ended).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);

    expect(ended).toHaveBeenCalledTimes(1);
    expect(clock.now()).toBe(1_001_500);
    expect(clock.speed()).toBe(1);
    expect(clock.patience(5000)).toBe(5000);
  });

  it('sleeps no longer because somebody set the time of day back, and keeps its appointments by it', async () => {
    const clock = createClock();
    const slept = jest.fn();
    const appointment = jest.fn();
    void clock.sleep(1000).then(slept);
    clock.at(Date.now() + 1000, appointment);
    jest.setSystemTime(Date.now() - 3_600_000);

    await jest.advanceTimersByTimeAsync(1000);

    expect(slept).toHaveBeenCalledTimes(1);
    expect(appointment).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(appointment).toHaveBeenCalledTimes(1);
  });

  it('takes longer waits than a timeout of the machine can', async () => {
    const clock = createClock();
    const ended = jest.fn();
    void clock.sleep(2 ** 31 + 5000).then(ended);

    await jest.advanceTimersByTimeAsync(2 ** 31);
    expect(ended).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(5000);

    expect(ended).toHaveBeenCalledTimes(1);
  });
});

describe('a change of speed', () => {
  it('lets sleeps under way go on as fast as the world then runs', async () => {
    const clock = worldClock(1);
    const sleep = sleeper(clock, 60_000);
    await jest.advanceTimersByTimeAsync(10_000);

    clock.setSpeed(10);
    await jest.advanceTimersByTimeAsync(4999);
    expect(sleep.endedAt).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);

    expect(sleep.endedAt).toBe(60_000);
  });

  it('keeps world time continuous at its moment', async () => {
    const clock = worldClock(60);
    await jest.advanceTimersByTimeAsync(1000);

    clock.setSpeed(1);
    const at = clock.now() - WORLD;
    await jest.advanceTimersByTimeAsync(1000);

    expect(at).toBe(60_000);
    expect(clock.now() - WORLD).toBe(61_000);
    expect(clock.anchor()).toEqual({ machine: 1_001_000, world: WORLD + 60_000, speed: 1 });
  });

  it('tells those who listen, and nobody when nothing has changed', () => {
    const clock = worldClock(10);
    const speeds: number[] = [];
    const stop = clock.onChange(() => speeds.push(clock.speed()));

    clock.setSpeed(10);
    clock.setSpeed(60);
    clock.setSpeed(0);
    stop();
    clock.setSpeed(1);

    expect(speeds).toEqual([60, 0]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', (speed) => {
    const clock = worldClock(10);

    expect(() => clock.setSpeed(speed)).toThrow(RangeError);
    expect(clock.speed()).toBe(10);
  });
});

describe('a pause', () => {
  it('stops the time, its sleeps and its appointments, without any timeout that spins', async () => {
    const clock = worldClock(10);
    const sleep = sleeper(clock, 20_000);
    const appointment = jest.fn();
    clock.at(WORLD + 20_000, appointment);
    await jest.advanceTimersByTimeAsync(1000);

    clock.setSpeed(0);
    const timers = jest.getTimerCount();
    await jest.advanceTimersByTimeAsync(3_600_000);
    const during = clock.now() - WORLD;
    clock.setSpeed(60);
    await jest.advanceTimersByTimeAsync(167);

    expect(timers).toBe(0);
    expect(during).toBe(10_000);
    expect(sleep.endedAt).toBeGreaterThanOrEqual(20_000);
    expect(appointment).toHaveBeenCalledTimes(1);
  });

  it('lets a sleep that begins in it wait for its end', async () => {
    const clock = worldClock(0);
    const sleep = sleeper(clock, 5000);
    await jest.advanceTimersByTimeAsync(60_000);

    clock.setSpeed(1);
    await jest.advanceTimersByTimeAsync(4999);
    const before = sleep.endedAt;
    await jest.advanceTimersByTimeAsync(1);

    expect(before).toBeUndefined();
    expect(sleep.endedAt).toBe(5000);
  });

  it('lets a sleep be aborted, and an appointment whose time has come be kept', async () => {
    const clock = worldClock(0);
    const stop = new AbortController();
    const sleep = sleeper(clock, 5000, stop.signal);
    const appointment = jest.fn();

    clock.at(WORLD, appointment);
    expect(appointment).not.toHaveBeenCalled();
    stop.abort('enough');
    await jest.advanceTimersByTimeAsync(1);

    expect(sleep.error).toBe('enough');
    expect(appointment).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('makes no limit of machine time endless', () => {
    const limits = [60, 1, 0.01, 0].map((speed) => worldClock(speed).patience(12_000));

    expect(limits).toEqual([200, 12_000, 12_000, 12_000]);
  });
});

it('cancels an appointment for good', async () => {
  const clock = worldClock(1);
  const appointment = jest.fn();
  const cancel = clock.at(WORLD + 1000, appointment);

  cancel();
  clock.setSpeed(60);
  await jest.advanceTimersByTimeAsync(10_000);

  expect(appointment).not.toHaveBeenCalled();
  expect(jest.getTimerCount()).toBe(0);
});

describe('a clock that follows one of another process', () => {
  it('stands still where it is ahead, and goes on with it from there', async () => {
    const leader = worldClock(60);
    const follower = createWorldClock(leader.anchor());
    const sleep = sleeper(follower, 10_000);
    await jest.advanceTimersByTimeAsync(100);
    leader.setSpeed(1);
    await jest.advanceTimersByTimeAsync(20);

    const ahead = follower.now() - leader.now();
    follower.follow(leader.anchor());
    const kept = follower.now() - WORLD;
    await jest.advanceTimersByTimeAsync(1000);
    const standing = follower.now() - WORLD;
    await jest.advanceTimersByTimeAsync(1000);

    expect(ahead).toBe(1180);
    expect(kept).toBe(7200);
    expect(standing).toBe(7200);
    expect(follower.now()).toBe(leader.now());
    await jest.advanceTimersByTimeAsync(1980);
    expect(sleep.endedAt).toBe(10_000);
  });
});

const speed = fc.oneof(fc.constantFrom(0, 1, 10, 60), fc.double({ min: 0.01, max: 600, noNaN: true }));
const machineMilliseconds = fc.integer({ min: 0, max: 5000 });
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('speed' as const), speed }),
    fc.record({ kind: fc.constant('pass' as const), machineMilliseconds }),
    fc.record({ kind: fc.constant('sleep' as const), duration: fc.integer({ min: 0, max: 300_000 }) }),
  ),
  { maxLength: 40 },
);
/** What floating point may be wrong by, in world milliseconds. */
const ROUNDING = 0.01;

it('for any sequence of speeds world time never runs backwards, and a sleep ends as soon as its time has passed', () => {
  fc.assert(
    fc.property(speed, steps, (first, sequence) => {
      const clock = worldClock(first);
      let current = first;
      let passed = 0;
      let last = clock.now();
      const sleeps: { until: number; endedAt?: number; speed?: number }[] = [];
      const check = () => {
        expect(clock.now()).toBeGreaterThanOrEqual(last);
        last = clock.now();
        expect(Math.abs(last - WORLD - passed)).toBeLessThan(ROUNDING);
        for (const { until, endedAt, speed: endedWith = 0 } of sleeps) {
          if (passed >= until + ROUNDING) expect(endedAt).toBeDefined();
          if (endedAt === undefined) continue;
          expect(endedAt).toBeGreaterThanOrEqual(until - ROUNDING);
          // A machine counts whole milliseconds.
          expect(endedAt).toBeLessThanOrEqual(until + endedWith + ROUNDING);
        }
      };

      for (const step of sequence) {
        if (step.kind === 'speed') {
          clock.setSpeed(step.speed);
          current = step.speed;
        } else if (step.kind === 'pass') {
          jest.advanceTimersByTime(step.machineMilliseconds);
          passed += step.machineMilliseconds * current;
        } else {
          const entry: (typeof sleeps)[number] = { until: clock.now() - WORLD + step.duration };
          sleeps.push(entry);
          clock.at(clock.now() + step.duration, () => {
            entry.endedAt = clock.now() - WORLD;
            entry.speed = clock.speed();
          });
          jest.advanceTimersByTime(0);
        }
        check();
      }
      jest.clearAllTimers();
    }),
    { numRuns: 300 },
  );
});

it('for any delays with which it hears of them, a follower never runs backwards and comes to the same time', () => {
  const changes = fc.array(fc.tuple(speed, machineMilliseconds, fc.integer({ min: 0, max: 300 })), { maxLength: 20 });
  fc.assert(
    fc.property(speed, changes, (first, sequence) => {
      const leader = worldClock(first);
      const follower = createWorldClock(leader.anchor());
      let last = follower.now();
      const observe = (milliseconds: number) => {
        jest.advanceTimersByTime(milliseconds);
        expect(follower.now()).toBeGreaterThanOrEqual(last);
        last = follower.now();
      };

      for (const [next, before, delay] of sequence) {
        observe(before);
        leader.setSpeed(next);
        observe(delay);
        follower.follow(leader.anchor());
        observe(0);
      }
      leader.setSpeed(1);
      follower.follow(leader.anchor());
      observe(Math.max(0, Math.ceil(follower.now() - leader.now())));

      expect(Math.abs(follower.now() - leader.now())).toBeLessThan(ROUNDING);
    }),
    { numRuns: 300 },
  );
});
