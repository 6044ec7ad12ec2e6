import styles from './blocks.module.css';

export function DividerBlock() {
  return <hr className={styles.divider} />;
}
