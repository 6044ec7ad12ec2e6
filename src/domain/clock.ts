import { z } from 'zod';

/**
 * The two clocks. World time (epoch milliseconds, UTC) is what people and timers see; it equals
 * machine time in production, and in the sandbox it may run faster, change its speed, and stand still. Machine time
 * (`Date.now()`) is for leases, sockets, observation deadlines and rate limits: it goes on whatever the world does.
 *
 * Waiting for world time is `sleep` or `at`, never a timeout computed from the speed of the moment; a limit in machine
 * time is `patience`. There is no other way from one clock to the other.
 */
export interface Clock {
  /** World time now, epoch milliseconds (UTC). In a world of its own it never runs backwards. */
  now(): number;
  /** World seconds per machine second; 1 in production, 0 while the world is paused. */
  speed(): number;
  /**
   * Machine milliseconds after which something outside (a socket, a look) is given up that people would give
   * `worldMilliseconds`. Never longer than in real time, so that it ends in a paused world too.
   */
  patience(worldMilliseconds: number): number;
  /** Resolves when `worldMilliseconds` of world time have passed; rejects with the signal's reason when aborted. */
  sleep(worldMilliseconds: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls back once, when `now()` has reached `worldTime`; never before the caller has returned. The returned function
   * cancels it.
   */
  at(worldTime: number, callback: () => void): () => void;
  /** Calls back at each change of the speed, until the returned function is called. Never in production. */
  onChange(listener: () => void): () => void;
}

/** One point at which both clocks are known (epoch milliseconds), and the ratio from there on; 0: the world is paused. */
export const ClockAnchor = z.object({ machine: z.number(), world: z.number(), speed: z.number().min(0) });
export type ClockAnchor = z.infer<typeof ClockAnchor>;

/** The clock of a simulated world. */
export interface WorldClock extends Clock {
  /** What another process needs to have the same world time. */
  anchor(): ClockAnchor;
  /** Lets the world run at `speed` from this moment on; 0 pauses it. Throws RangeError below 0 and without an end. */
  setSpeed(speed: number): void;
  /** Follows a clock of another process. Where this one is ahead of it, world time stands still until it is not. */
  follow(anchor: ClockAnchor): void;
}

/** World time that is machine time: production. */
export function createClock(): Clock {
  return clockOf({
    now: () => Date.now(),
    speed: () => 1,
    onChange: () => () => undefined,
    until: (worldTime) => () => worldTime - Date.now(),
    lasting(worldMilliseconds) {
      // Not by the time of day: somebody may set that back.
      const end = performance.now() + worldMilliseconds;
      return () => end - performance.now();
    },
  });
}

/** World time that begins with `first` and whose speed may change. */
export function createWorldClock(first: ClockAnchor): WorldClock {
  let anchor = first;
  /** The latest time that anybody was told. */
  let told = Number.NEGATIVE_INFINITY;
  const listeners = new Set<() => void>();
  const computed = () => anchor.world + (Date.now() - anchor.machine) * anchor.speed;
  const now = () => {
    told = Math.max(told, computed());
    return told;
  };
  const until = (worldTime: number) => () => {
    if (now() >= worldTime) return 0;
    return anchor.speed === 0 ? undefined : (worldTime - computed()) / anchor.speed;
  };
  const follow = (next: ClockAnchor) => {
    // What has passed stays passed, however late the change is heard of.
    now();
    anchor = next;
    for (const listener of [...listeners]) listener();
  };
  const clock = clockOf({
    now,
    speed: () => anchor.speed,
    until,
    lasting: (worldMilliseconds) => until(now() + worldMilliseconds),
    onChange(listener) {
      // Wrapped, so that one function may be registered twice.
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  });
  return {
    ...clock,
    anchor: () => anchor,
    setSpeed(speed) {
      if (!(speed >= 0 && Number.isFinite(speed))) throw new RangeError(`${speed} is no speed of a world`);
      if (speed !== anchor.speed) follow({ machine: Date.now(), world: now(), speed });
    },
    follow,
  };
}

/** The longest delay that setTimeout takes as it is; after a longer one it fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Machine milliseconds that are left at the speed of this moment; 0 or less: none. Undefined while the world is paused. */
type TimeLeft = () => number | undefined;

interface TimeSource extends Pick<Clock, 'now' | 'speed' | 'onChange'> {
  until(worldTime: number): TimeLeft;
  lasting(worldMilliseconds: number): TimeLeft;
}

function clockOf({ now, speed, onChange, until, lasting }: TimeSource): Clock {
  function when(left: TimeLeft, callback: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const stopListening = onChange(arm);
    arm();
    return cancel;

    function arm(): void {
      clearTimeout(timer);
      const wait = left();
      // Rounded up: a timeout of 0.9 ms would be one of 0 ms.
      if (wait !== undefined) timer = setTimeout(look, Math.min(Math.max(0, Math.ceil(wait)), LONGEST_TIMEOUT));
    }

    function look(): void {
      // Timeouts come a little early or were cut short, so the clock has the last word.
      const wait = left();
      if (wait === undefined || wait > 0) {
        arm();
        return;
      }
      cancel();
      callback();
    }

    function cancel(): void {
      clearTimeout(timer);
      stopListening();
    }
  }

  return {
    now,
    speed,
    onChange,
    patience: (worldMilliseconds) => worldMilliseconds / Math.max(1, speed()),
    at: (worldTime, callback) => when(until(worldTime), callback),
    async sleep(worldMilliseconds, signal) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const cancel = when(lasting(worldMilliseconds), done);
        function done() {
          signal?.removeEventListener('abort', cancelled);
          resolve();
        }
        function cancelled() {
          cancel();
          reject(signal?.reason);
        }
        signal?.addEventListener('abort', cancelled, { once: true });
      });
    },
  };
}
