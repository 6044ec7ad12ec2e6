import styles from './limits.module.css';
import type { Use, Verdict } from './verdict.ts';

/** What is used of Slack's limits, and whether Slack takes it. */
export function Limits({ verdict: { by, blocks, characters, refusal } }: { verdict: Verdict }) {
  return (
    <div className={styles.limits}>
      {blocks && <Meter label="blocks" use={blocks} />}
      {characters && <Meter label="characters" use={characters} />}
      {refusal.length === 0 ? (
        <span className={styles.good}>✓ {by} takes it</span>
      ) : (
        <span className={styles.bad}>
          ✗ {by} refuses it: <span className={styles.problems}>{refusal.join('\n')}</span>
        </span>
      )}
    </div>
  );
}

function Meter({ label, use: { used, most } }: { label: string; use: Use }) {
  const words = `${used.toLocaleString('en')} of ${most.toLocaleString('en')} ${label}`;
  return (
    <span className={styles.use}>
      <meter min={0} max={most} high={most * 0.9} optimum={0} value={used} aria-label={words} />
      {words}
    </span>
  );
}
