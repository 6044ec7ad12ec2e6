import styles from './app-badge.module.css';

/** Slack's mark behind the name of what is no person. */
export function AppBadge() {
  return <span className={styles.badge}>APP</span>;
}
