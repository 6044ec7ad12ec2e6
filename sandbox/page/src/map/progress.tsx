import { formatSeconds } from '../../../../src/domain/format-seconds.ts';
import { clockText } from '../recovery/clock-text.ts';
import { useWorldNow } from '../world-time.ts';
import styles from './progress.module.css';

/** World seconds until something ends by itself. */
export function TimeLeft({ to }: { to: number }) {
  const now = useWorldNow();
  return <span className={styles.left}>{shortly((to - now) / 1000)} left</span>;
}

/** `40 s`, `1:30`, `1:05:00`: it stands beside other words where there is little room. */
function shortly(seconds: number): string {
  return seconds < 59.5 ? formatSeconds(seconds) : clockText(seconds).replace(/^0/, '');
}

/** How far something has come that ends by itself at `to` (world time). */
export function Progress({ from, to }: { from: number; to: number }) {
  const now = useWorldNow();
  const share = to > from ? Math.min(1, Math.max(0, (now - from) / (to - from))) : 1;
  return <Bar parts={[{ name: '', share, size: 1 }]} />;
}

/** Bars side by side at the foot of a node, each as wide as its `size` and filled by its `share` (0 to 1). */
export function Bar({ parts }: { parts: { name: string; share: number; size: number }[] }) {
  return (
    <div className={styles.bars}>
      {parts.map(({ name, share, size }) => (
        <div key={name} className={styles.bar} style={{ flexGrow: size }}>
          <div className={styles.done} style={{ width: `${share * 100}%` }} />
        </div>
      ))}
    </div>
  );
}
