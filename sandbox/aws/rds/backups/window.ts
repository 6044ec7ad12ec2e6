import { brokenSince } from '../../../world/condition.ts';
import type { WorldState } from '../../../world/state.ts';
import type { RdsInstance } from '../state.ts';

const DAY = 86_400_000;
/** RDS uploads an instance's log at least every five minutes; it needs a moment for that. World milliseconds. */
const UPLOADS_EVERY = 240_000;
const UPLOAD_TAKES = 15_000;

/** From when to when an instance can be restored to a point in time; world time, epoch milliseconds. */
export interface RestoreWindow {
  earliest: number;
  latest: number;
}

/**
 * The window of an instance at `now`; undefined when it keeps no backups or has none yet. What is written after the last
 * upload, up to five minutes, is not restorable yet, and never will be once the instance is gone. Pure.
 */
export function restoreWindow(
  state: Pick<WorldState, 'faults' | 'startedAt'>,
  instance: RdsInstance,
  now: number,
): RestoreWindow | undefined {
  const { backupRetentionDays, replicaSource, cluster } = instance;
  // Of a cluster's members the cluster keeps the backups.
  if (backupRetentionDays === 0 || replicaSource !== undefined || cluster !== undefined) return undefined;
  const began = instance.backedUpSince ?? state.startedAt - backupRetentionDays * DAY;
  const earliest = Math.max(began, now - backupRetentionDays * DAY);
  const until = Math.min(now, goneSince(state, instance) ?? now) - UPLOAD_TAKES;
  const phase = state.startedAt % UPLOADS_EVERY;
  const latest = Math.floor((until - phase) / UPLOADS_EVERY) * UPLOADS_EVERY + phase;
  return latest < earliest ? undefined : { earliest, latest };
}

/** Since when its host uploads nothing any more. */
function goneSince(state: Pick<WorldState, 'faults'>, instance: RdsInstance): number | undefined {
  return instance.lost?.since ?? brokenSince(state, instance.region, instance.region);
}
