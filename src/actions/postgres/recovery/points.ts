import type { DatabaseSnapshot, RestoreWindow } from '../../../adapters/aws/rds-backups.ts';
import { formatSeconds } from '../../../domain/format-seconds.ts';
import { formatMoment, NEWEST, newestUsable } from '../../rds/recovery-point.ts';
import type { Backup } from '../../s3/find-backup.ts';

export const KINDS = ['point-in-time', 'snapshot', 'dump'] as const;
export type Kind = (typeof KINDS)[number];

/** Something that the database can be restored from. */
export interface RecoveryPoint {
  kind: Kind;
  /** `newest`, or a time in UTC (ISO 8601). */
  at: string;
  /** Of a snapshot its identifier, of a dump its key; '' of a point in time. */
  name: string;
  /**
   * World seconds from there to the damage, or until now where nobody knows when that was: what an RPO limits. It does not
   * grow while people decide.
   */
  behindSeconds: number;
  /** World seconds of writes that restoring it loses, those since the damage included, if they stop now. */
  lossSeconds: number;
}

/**
 * What there is from no later than `good` (epoch milliseconds; undefined: what was written last is sound too), the point in
 * time first. A point that RDS has not uploaded yet counts: it will be there within minutes. Pure.
 */
export function recoveryPoints(given: {
  good: number | undefined;
  now: number;
  window: RestoreWindow | undefined;
  snapshots: readonly DatabaseSnapshot[];
  dump: Backup | undefined;
}): RecoveryPoint[] {
  const { good, now, window, snapshots, dump } = given;
  const seconds = (from: number, to: number) => Math.round(Math.max(0, to - from) / 100) / 10;
  const costOf = (at: number) => ({ behindSeconds: seconds(at, good ?? now), lossSeconds: seconds(at, now) });
  const iso = (at: number) => new Date(at).toISOString();
  const points: RecoveryPoint[] = [];
  if (window && (good === undefined || good >= window.earliest)) {
    const at = good === undefined ? NEWEST : iso(good);
    points.push({ kind: 'point-in-time', at, name: '', ...costOf(good ?? now) });
  }
  const snapshot = newestUsable(snapshots, good);
  if (snapshot) {
    const { at, identifier: name } = snapshot;
    points.push({ kind: 'snapshot', at: iso(at), name, ...costOf(at) });
  }
  if (dump && (good === undefined || dump.takenAt <= good)) {
    points.push({ kind: 'dump', at: iso(dump.takenAt), name: dump.key, ...costOf(dump.takenAt) });
  }
  return points;
}

/**
 * The point of the kind that was asked for; with `auto` what loses least. A dump is never taken unasked: its own guard is
 * judged only where it is asked for. Pure.
 */
export function choose(points: readonly RecoveryPoint[], from: Kind | 'auto'): RecoveryPoint | undefined {
  if (from !== 'auto') return points.find(({ kind }) => kind === from);
  return points
    .filter(({ kind }) => kind !== 'dump')
    .reduce<RecoveryPoint | undefined>(
      (best, one) => (best && best.lossSeconds <= one.lossSeconds ? best : one),
      undefined,
    );
}

/** What people may choose of: what the guards judged, and what loses no more than `rpo` (seconds) anyway. Pure. */
export function offered(points: readonly RecoveryPoint[], chosen: RecoveryPoint, rpo: number): RecoveryPoint[] {
  return points.filter((point) => point === chosen || (point.kind !== 'dump' && point.behindSeconds <= rpo));
}

/** How people read it where they choose: at most 75 characters. */
export function titleOf({ kind, at }: RecoveryPoint): string {
  const moment = at === NEWEST ? 'everything that was written' : formatMoment(Date.parse(at));
  const what = { 'point-in-time': 'Point in time', snapshot: 'Snapshot', dump: 'Nightly dump' }[kind];
  return `${what}: ${moment}`;
}

export function lossOf({ lossSeconds }: RecoveryPoint): string {
  return lossSeconds === 0 ? 'Loses nothing.' : `Loses ${formatSeconds(lossSeconds)} of writes.`;
}
