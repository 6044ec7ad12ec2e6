import type { WriteBucket } from '../../../control/wire.ts';

/** World milliseconds that a bar may stand for. */
const WIDTHS = [10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400].map((s) => s * 1000);
/** With so many writes a share means something. */
const ENOUGH_WRITES = 4;
/** A bar waits for enough writes no longer than this: at speed 60 they are 12 world seconds apart. */
const LONGEST_WAIT = 60_000;
/** Pixels below which bars cannot be told apart. */
const NARROWEST_BAR = 4;

/** The width of bars (world milliseconds) with which each is wide enough to be seen. */
export function barWidth(span: number, pixels: number): number {
  const least = (span / Math.max(1, pixels)) * NARROWEST_BAR;
  return WIDTHS.find((width) => width >= least) ?? 86_400_000;
}

/**
 * Neighbouring buckets joined to bars: at least `width` wide, at whole multiples of it, and wider where writes are
 * rare. A bucket joins the same neighbours whatever part of the time is shown, so that bars do not flicker. Pure.
 */
export function joinBuckets(buckets: readonly WriteBucket[], width: number): WriteBucket[] {
  const bars: WriteBucket[] = [];
  let current: WriteBucket | undefined;
  for (const bucket of buckets) {
    if (current && isOpen(current, bucket, width)) {
      current.to = bucket.to;
      current.acknowledged += bucket.acknowledged;
      current.failed += bucket.failed;
      current.lost += bucket.lost;
    } else {
      current = { ...bucket };
      bars.push(current);
    }
  }
  return bars;
}

function isOpen(bar: WriteBucket, next: WriteBucket, width: number): boolean {
  if (Math.floor(bar.from / width) === Math.floor(next.from / width)) return true;
  const isWaiting = bar.acknowledged + bar.failed < ENOUGH_WRITES && next.to - bar.from <= LONGEST_WAIT;
  // What nobody wrote in stands alone: it is a gap, and no part of the bar after it.
  return isWaiting && bar.acknowledged + bar.failed > 0;
}
