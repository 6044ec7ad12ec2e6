import type { ReactNode } from 'react';
import styles from './set-apart.module.css';

/** Somebody's words, behind a bar. */
export function Quote({ children }: { children: ReactNode }) {
  return <blockquote className={styles.quote}>{children}</blockquote>;
}

/** Code as it was written; long lines wrap, as Slack lets them. */
export function Preformatted({ children }: { children: ReactNode }) {
  return <pre className={styles.preformatted}>{children}</pre>;
}
