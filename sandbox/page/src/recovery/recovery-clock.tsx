import { useId } from 'react';
import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import { useSnapshot } from '../store.ts';
import { IncidentClock } from './incident-clock.tsx';
import styles from './recovery-clock.module.css';

/** The clock of the newest incident against its targets; before the first, the targets. */
export function RecoveryClock() {
  const recovery = useSnapshot((snapshot) => snapshot.recovery);
  const marks = useSnapshot((snapshot) => snapshot.marks);
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          Recovery clock
        </h2>
        {recovery ? (
          <p className={styles.incident}>
            {recovery.incident} · {recovery.severity} · {recovery.title}
          </p>
        ) : (
          <Before />
        )}
      </div>
      {recovery && <IncidentClock recovery={recovery} marks={marks} />}
    </section>
  );
}

function Before() {
  const rto = useSnapshot((snapshot) => snapshot.system.rtoSeconds);
  const rpoSeconds = useSnapshot((snapshot) => snapshot.system.rpoSeconds);
  const isFailing = useSnapshot((snapshot) => (snapshot.picture.client?.successRate ?? 1) < 1);
  const [gravest] = Object.entries(rto).sort(([a], [b]) => a.localeCompare(b));
  return (
    <>
      <p className={styles.quiet} data-failing={isFailing}>
        {isFailing ? "Users' writes fail. No incident is declared, so no clock runs." : 'No incident. Users can write.'}
      </p>
      <p className={styles.targets}>
        {gravest && `RTO ${formatSeconds(gravest[1])} (${gravest[0]}) · `}RPO {formatSeconds(rpoSeconds)}
      </p>
    </>
  );
}
