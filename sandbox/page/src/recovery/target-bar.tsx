import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import type { RecoveryFigures } from './figures.ts';
import styles from './recovery-clock.module.css';

/** Where the recovery stands between detection and its target, and beyond it when that was missed. */
export function TargetBar({ figures: { elapsedSeconds, rto, parts } }: { figures: RecoveryFigures }) {
  const whole = Math.max(rto.seconds, elapsedSeconds, 1);
  const decide = Math.min(parts.find(({ name }) => name === 'decide')?.seconds ?? 0, elapsedSeconds);
  const share = (seconds: number) => `${(seconds / whole) * 100}%`;
  const isMissed = elapsedSeconds > rto.seconds;
  return (
    <div
      className={styles.bar}
      role="img"
      aria-label={`${formatSeconds(elapsedSeconds)} of an RTO of ${formatSeconds(rto.seconds)}`}
    >
      <span className={styles.decide} style={{ width: share(decide) }} />
      <span className={styles.execute} style={{ width: share(elapsedSeconds - decide) }} />
      {isMissed && (
        <span
          className={styles.over}
          style={{ left: share(rto.seconds), width: share(elapsedSeconds - rto.seconds) }}
        />
      )}
      <span className={styles.limit} style={{ left: share(rto.seconds) }} />
    </div>
  );
}
