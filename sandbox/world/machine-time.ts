import type { ClockAnchor } from '../../src/domain/clock.ts';

/**
 * The machine time (epoch milliseconds) at which a world's clock showed `world` (world time, epoch milliseconds), from
 * the anchors that its clock has had, oldest first: PostgreSQL stamps what it writes with the machine's time. A moment
 * at which the world stood still is the last machine time of that pause. Pure.
 */
export function machineTimeOf(anchors: readonly ClockAnchor[], world: number): number {
  const index = anchors.findLastIndex((anchor) => anchor.world <= world);
  const anchor = anchors[Math.max(0, index)];
  if (!anchor) return world;
  const next = anchors[index + 1];
  const until = next?.machine ?? Number.POSITIVE_INFINITY;
  if (anchor.speed === 0) return next?.machine ?? anchor.machine;
  return Math.min(anchor.machine + (world - anchor.world) / anchor.speed, until);
}
