import { utc } from '../../../../src/blocks/time.ts';
import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import { useSnapshot } from '../store.ts';
import { useWorldNow } from '../world-time.ts';
import { markTone } from './paint.ts';
import { marksIn } from './use-plot.ts';
import { type Choice, rangeOf, rtoEndOf } from './view.ts';
import styles from './writes-chart.module.css';

/** What the numbers at the lines stand for. */
export function MarkList({ choice }: { choice: Choice }) {
  const writes = useSnapshot((snapshot) => snapshot.writes);
  const marks = useSnapshot((snapshot) => snapshot.marks);
  const recovery = useSnapshot((snapshot) => snapshot.recovery);
  const now = useWorldNow(1000);
  const range = rangeOf(choice, { writes, marks, recovery, now });
  const numbered = marksIn(marks, range);
  const rtoEnd = recovery && rtoEndOf(recovery);
  if (numbered.length === 0) return null;
  return (
    <ol className={styles.marks} aria-label="Marks on the time axis">
      {numbered.map(({ at, kind, label }, index) => (
        <li key={`${at} ${label}`}>
          <span className={styles.number} data-tone={markTone(kind)}>
            {index + 1}
          </span>
          <time dateTime={new Date(at).toISOString()}>{utc(at).slice(0, 8)}</time>
          <span>{label}</span>
        </li>
      ))}
      {recovery && rtoEnd !== undefined && rtoEnd <= range.to && (
        <li>
          <span className={styles.dashed} />
          <time dateTime={new Date(rtoEnd).toISOString()}>{utc(rtoEnd).slice(0, 8)}</time>
          <span>RTO of {formatSeconds(recovery.rtoSeconds)} ends</span>
        </li>
      )}
    </ol>
  );
}
