import type { DatabaseSnapshot, RestoreWindow } from '../../adapters/aws/rds-backups.ts';
import { Duration } from '../../domain/duration.ts';
import { InvalidInput, Permanent } from '../../domain/errors.ts';

/** The newest point of which RDS has everything. */
export const NEWEST = 'newest';

/** RDS uploads logs about every five minutes. One that has sent none for longer sends none any more; world milliseconds. */
export const UPLOAD_OVERDUE = 6 * 60_000;

/** How a point in time is written: `newest`, a time in UTC, or so long ago. */
export const POINT = /^(newest|\d+[smhd]|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z)$/;
export const POINT_HINT = 'write newest, a time in UTC such as 2026-11-21T09:30:00Z, or how long ago, for example 10m';

/** Epoch milliseconds of a point as people write it; `newest` is `latest`, and durations count back from `from`. */
export function readPoint(text: string, { latest, from }: { latest: number; from: number }): number {
  if (text === NEWEST) return latest;
  const ago = Duration.safeParse(text);
  const at = ago.success ? from - ago.data * 1000 : Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidInput('rds.restore-time', `"${text}" is no point in time: ${POINT_HINT}.`);
  return at;
}

/** Throws Permanent `rds.not-restorable` when the point lies outside of what RDS has kept. */
export function assertInWindow(subject: string, at: number, window: RestoreWindow | undefined): RestoreWindow {
  if (!window) {
    throw new Permanent(
      'rds.not-restorable',
      `RDS keeps no automated backups of ${subject}, so it cannot be restored to a point in time. Restore a snapshot.`,
    );
  }
  if (at >= window.earliest && at <= window.latest) return window;
  throw new Permanent(
    'rds.not-restorable',
    `${subject} can be restored to any time from ${formatMoment(window.earliest)} to ${formatMoment(window.latest)}, not to ${formatMoment(at)}.`,
  );
}

/** The newest snapshot that is complete and, with `before`, from no later than that; undefined when there is none. */
export function newestUsable(snapshots: readonly DatabaseSnapshot[], before = Number.POSITIVE_INFINITY) {
  return snapshots
    .filter(({ status, at }) => status === 'available' && at <= before)
    .reduce<DatabaseSnapshot | undefined>((best, one) => (best && best.at >= one.at ? best : one), undefined);
}

/** `2026-11-21 09:30:00 UTC`. */
export function formatMoment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
