import type { Method } from './methods/method.ts';

const MINUTE = 60_000;
/** chat.postMessage: one message a second a channel, and short bursts beyond it. */
const POST_BURST = 5;
const POST_EVERY = 1000;

/**
 * Slack's rate limits, in machine time: per method a sliding minute; for chat.postMessage besides one message a
 * second in each channel. Calls to other methods are not restricted.
 */
export class RateLimits {
  readonly #calls = new Map<string, number[]>();
  /** By channel, when its burst will be whole again. */
  readonly #posts = new Map<string, number>();
  readonly #now: () => number;

  /** `now`: machine time, in milliseconds. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Whole seconds after which to try again; 0 when the call may go on, which then counts. */
  retryAfter(name: string, method: Method, channel: string | undefined): number {
    const now = this.#now();
    const recent = (this.#calls.get(name) ?? []).filter((at) => at > now - MINUTE);
    const oldest = recent[0];
    if (oldest !== undefined && recent.length >= method.perMinute) return seconds(oldest + MINUTE - now);
    if (name === 'chat.postMessage' && channel !== undefined) {
      const whole = Math.max(now, this.#posts.get(channel) ?? 0);
      const over = whole + POST_EVERY - now - POST_BURST * POST_EVERY;
      if (over > 0) return seconds(over);
      this.#posts.set(channel, whole + POST_EVERY);
    }
    this.#calls.set(name, [...recent, now]);
    return 0;
  }
}

function seconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
