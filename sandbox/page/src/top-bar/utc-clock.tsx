import { utc } from '../../../../src/blocks/time.ts';
import { useSnapshot } from '../store.ts';
import { useWorldNow } from '../world-time.ts';
import styles from './top-bar.module.css';

/** The world's time; it is drawn alone as it ticks. */
export function UtcClock() {
  const now = useWorldNow();
  const isPaused = useSnapshot((snapshot) => snapshot.clock.speed === 0);
  return (
    <span className={styles.clock} title={`World time: ${utc(now, true)}`}>
      <span className="hidden-text">World time </span>
      <time dateTime={new Date(now).toISOString()}>{utc(now)}</time>
      {isPaused && <span className={styles.paused}>paused</span>}
    </span>
  );
}
