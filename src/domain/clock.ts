/**
 * The two clocks of DESIGN.md. World time (epoch milliseconds, UTC) is what people and timers see; it equals
 * machine time in production and may run faster in the sandbox. Machine time (`Date.now()`) is for leases,
 * sockets, observation deadlines and rate limits.
 */
export interface Clock {
  /** World time now, epoch milliseconds (UTC). */
  now(): number;
  /** World seconds per machine second; 1 in production. */
  speed(): number;
  /** Machine milliseconds that pass while `worldMilliseconds` of world time do. */
  toMachine(worldMilliseconds: number): number;
  /** Resolves after `worldMilliseconds` of world time; rejects with the signal's reason when aborted. */
  sleep(worldMilliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** One point at which both clocks are known, and the ratio from there on. */
export interface ClockAnchor {
  machine: number;
  world: number;
  speed: number;
}

/** A clock that follows `anchor()`; the anchor may change while it runs (the sandbox changes its speed). */
export function createClock(anchor: () => ClockAnchor = () => realTime): Clock {
  const now = () => {
    const { machine, world, speed } = anchor();
    return world + (Date.now() - machine) * speed;
  };
  return {
    now,
    speed: () => anchor().speed,
    toMachine: (worldMilliseconds) => worldMilliseconds / anchor().speed,
    async sleep(worldMilliseconds, signal) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(done, Math.max(0, worldMilliseconds / anchor().speed));
        function done() {
          signal?.removeEventListener('abort', cancelled);
          resolve();
        }
        function cancelled() {
          clearTimeout(timer);
          reject(signal?.reason);
        }
        signal?.addEventListener('abort', cancelled, { once: true });
      });
    },
  };
}

const realTime: ClockAnchor = { machine: 0, world: 0, speed: 1 };
