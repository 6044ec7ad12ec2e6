import type { ReactNode } from 'react';
import { utc } from '../../../../src/blocks/time.ts';
import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import { useSnapshot } from '../store.ts';
import { useWorldNow } from '../world-time.ts';
import { markTone } from './paint.ts';
import { marksIn } from './use-plot.ts';
import { type Choice, rangeOf, rtoEndOf } from './view.ts';
import styles from './writes-chart.module.css';

/** What the numbers at the lines stand for, and the dashed line, in order of time. */
export function MarkList({ choice }: { choice: Choice }) {
  const writes = useSnapshot((snapshot) => snapshot.writes);
  const marks = useSnapshot((snapshot) => snapshot.marks);
  const recovery = useSnapshot((snapshot) => snapshot.recovery);
  const now = useWorldNow(1000);
  const range = rangeOf(choice, { writes, marks, recovery, now });
  const numbered = marksIn(marks, range);
  const rtoEnd = recovery && rtoEndOf(recovery);
  if (numbered.length === 0) return null;
  const entries = numbered.map(({ at, kind, label }, index) => ({
    at,
    item: (
      <Entry key={`${at} ${label}`} at={at} label={label}>
        <span className={styles.number} data-tone={markTone(kind)}>
          {index + 1}
        </span>
      </Entry>
    ),
  }));
  if (recovery && rtoEnd !== undefined && rtoEnd >= range.from && rtoEnd <= range.to) {
    const label = `RTO of ${formatSeconds(recovery.rtoSeconds)} ends`;
    const item = (
      <Entry key={label} at={rtoEnd} label={label}>
        <span className={styles.dashed} />
      </Entry>
    );
    entries.push({ at: rtoEnd, item });
  }
  return (
    <ol className={styles.marks} aria-label="Marks on the time axis">
      {entries.toSorted((one, other) => one.at - other.at).map(({ item }) => item)}
    </ol>
  );
}

function Entry({ at, label, children }: { at: number; label: string; children: ReactNode }) {
  return (
    <li>
      {children}
      <time dateTime={new Date(at).toISOString()}>{utc(at).slice(0, 8)}</time>
      <span>{label}</span>
    </li>
  );
}
