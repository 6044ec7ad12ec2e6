import type { ServiceAnswer } from './answer.ts';

/** World milliseconds for which an answer is kept. */
const KEPT = 60_000;

/**
 * What stands in front of a region's reads: a good answer is kept for a minute, and who asks while it is being fetched
 * waits for the same one. It is empty when a region begins to serve.
 */
export class ResponseCache {
  readonly #now: () => number;
  readonly #answers = new Map<string, { until: number; answer: Promise<ServiceAnswer> }>();

  /** `now` is world time. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The answer to `key`, and whether `fetch` was not needed for it. Bad answers are given to who waits, and not kept. */
  async get(key: string, fetch: () => Promise<ServiceAnswer>): Promise<{ answer: ServiceAnswer; hit: boolean }> {
    const kept = this.#answers.get(key);
    if (kept && kept.until > this.#now()) return { answer: await kept.answer, hit: true };
    const answer = fetch();
    this.#answers.set(key, { until: this.#now() + KEPT, answer });
    const fetched = await answer;
    if (fetched.status !== 200) this.#answers.delete(key);
    return { answer: fetched, hit: false };
  }
}
