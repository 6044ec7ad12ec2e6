import styles from './chevron.module.css';

/** Points down when something is open, to the right when it is closed. */
export function Chevron({ isOpen }: { isOpen: boolean }) {
  return (
    <svg className={styles.chevron} data-open={isOpen || undefined} viewBox="0 0 20 20" aria-hidden="true">
      <path d="m7.5 5 5 5-5 5" />
    </svg>
  );
}
