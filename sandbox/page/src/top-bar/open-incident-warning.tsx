import { useSnapshot } from '../store.ts';
import styles from './dialog.module.css';

/** Says that an open incident would be lost; nothing when there is none. */
export function OpenIncidentWarning() {
  const open = useSnapshot(({ recovery }) => (recovery?.status === 'open' ? recovery.incident : undefined));
  if (open === undefined) return null;
  return <p className={styles.warning}>{open} is open. It would be lost, with everything said and done in it.</p>;
}
