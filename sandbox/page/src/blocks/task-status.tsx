import type { TaskCard } from './block-kit.ts';
import styles from './task-status.module.css';

export type Status = NonNullable<TaskCard['status']>;

/** The status in words, for those who do not see the sign. */
const STATUS_WORDS: Record<Status, string> = {
  pending: 'not started',
  in_progress: 'in progress',
  complete: 'done',
  error: 'failed',
};

/** A sign of its own shape for each status: circle, turning ring, check mark, exclamation mark. */
export function TaskStatus({ status }: { status: Status }) {
  return (
    <svg className={styles.sign} data-status={status} viewBox="0 0 20 20" role="img" aria-label={STATUS_WORDS[status]}>
      {status === 'pending' && <circle className={styles.ring} cx="10" cy="10" r="7.25" />}
      {status === 'in_progress' && (
        <>
          <circle className={styles.ring} cx="10" cy="10" r="7.25" />
          <path className={styles.arc} d="M10 2.75a7.25 7.25 0 0 1 7.25 7.25" />
        </>
      )}
      {status === 'complete' && (
        <>
          <circle className={styles.disc} cx="10" cy="10" r="8" />
          <path className={styles.mark} d="m6.5 10.3 2.4 2.4 4.7-5" />
        </>
      )}
      {status === 'error' && (
        <>
          <circle className={styles.disc} cx="10" cy="10" r="8" />
          <path className={styles.mark} d="M10 5.8v4.8M10 13.7v.3" />
        </>
      )}
    </svg>
  );
}
