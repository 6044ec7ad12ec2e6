import type { Outcome } from '../client/statistics.ts';
import type { WriteBucket } from '../control/wire.ts';

/**
 * World milliseconds of a bucket by its age, youngest first. 10 s make thirty bars of a strip of five minutes, and at
 * speed 10 (a write every 2 world seconds) each still stands for five writes; at speed 60 a write is 12 world seconds
 * apart, so some buckets are empty and the chart joins neighbours. What is old is seen from afar: it is widened, so that
 * a sandbox that was left running over night at speed 60 (a month of world time) tells a new page 5,000 buckets, not
 * 250,000.
 */
const WIDTHS = [
  { width: 10_000, until: 4 * 3600_000 },
  { width: 60_000, until: 24 * 3600_000 },
  { width: 600_000, until: Number.POSITIVE_INFINITY },
] as const;
const FINEST = WIDTHS[0].width;
const COARSEST = 600_000;

/** Counts the client's writes by when they were sent; buckets lie side by side from the beginning of the world on. */
export class WriteBuckets {
  #buckets: WriteBucket[] = [];
  readonly #changed = new Set<WriteBucket>();
  readonly #origin: number;
  /** Per width, up to where buckets have been widened already. */
  readonly #widened: number[] = WIDTHS.map(() => 0);

  /** `startedAt` is world time, as all times here. */
  constructor(startedAt: number) {
    this.#origin = Math.floor(startedAt / COARSEST) * COARSEST;
    this.#append(Math.floor(startedAt / FINEST) * FINEST);
  }

  add(outcomes: readonly Outcome[]): void {
    for (const { sentAt, acknowledged } of outcomes) {
      const bucket = this.#at(sentAt);
      if (!bucket) continue;
      if (acknowledged) bucket.acknowledged += 1;
      else bucket.failed += 1;
      this.#changed.add(bucket);
    }
  }

  /** Counts as lost the acknowledged writes that were sent at these times, and no others. */
  setLost(sentAt: readonly number[]): void {
    const counts = new Map<WriteBucket, number>();
    for (const time of sentAt) {
      const bucket = this.#at(time);
      if (bucket) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    for (const bucket of this.#buckets) {
      const lost = counts.get(bucket) ?? 0;
      if (bucket.lost === lost) continue;
      bucket.lost = lost;
      this.#changed.add(bucket);
    }
  }

  /** Lets the strip reach `now`, with empty buckets where nothing was sent. */
  extendTo(now: number): void {
    for (let end = this.#end(); end <= now; end = this.#end()) this.#append(end);
    this.#widen(now);
  }

  /** All of them, oldest first, without gaps. */
  list(): WriteBucket[] {
    return this.#buckets.map((bucket) => ({ ...bucket }));
  }

  /** Those that are new or changed since the last call. One that was widened stands for all that begin within it. */
  takeChanged(): WriteBucket[] {
    const changed = [...this.#changed].map((bucket) => ({ ...bucket }));
    this.#changed.clear();
    return changed;
  }

  #end(): number {
    return this.#buckets.at(-1)?.to ?? 0;
  }

  #append(from: number): void {
    const bucket = { from, to: from + FINEST, acknowledged: 0, failed: 0, lost: 0 };
    this.#buckets.push(bucket);
    this.#changed.add(bucket);
  }

  /** The bucket in which this moment lies; buckets are made up to it where it is later than all. */
  #at(time: number): WriteBucket | undefined {
    for (let end = this.#end(); end <= time; end = this.#end()) this.#append(end);
    let [low, high] = [0, this.#buckets.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#buckets[middle]?.from ?? 0) <= time) low = middle;
      else high = middle - 1;
    }
    return this.#buckets[low];
  }

  #widen(now: number): void {
    for (const [index, { until }] of WIDTHS.entries()) {
      const coarser = WIDTHS[index + 1];
      if (!coarser) return;
      // Only whole buckets of the coarser width.
      const limit = this.#origin + Math.floor((now - until - this.#origin) / coarser.width) * coarser.width;
      if (limit <= (this.#widened[index] ?? 0)) continue;
      this.#widened[index] = limit;
      this.#join(coarser.width, limit);
    }
  }

  /** Joins the buckets before `limit` to ones that are `width` wide. */
  #join(width: number, limit: number): void {
    const joined: WriteBucket[] = [];
    for (const bucket of this.#buckets) {
      const last = joined.at(-1);
      const slot = Math.floor(bucket.from / width);
      if (last && bucket.to <= limit && bucket.to - bucket.from < width && Math.floor(last.from / width) === slot) {
        last.to = bucket.to;
        last.acknowledged += bucket.acknowledged;
        last.failed += bucket.failed;
        last.lost += bucket.lost;
        this.#changed.delete(bucket);
        this.#changed.add(last);
      } else {
        joined.push(bucket);
      }
    }
    this.#buckets = joined;
  }
}
