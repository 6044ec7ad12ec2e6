import { useId, useState } from 'react';
import type { FaultKind } from '../../../control/wire.ts';
import { useSnapshot } from '../store.ts';
import { FaultRow } from './fault-row.tsx';
import styles from './fault-switches.module.css';

interface FaultGroupProps {
  title: string;
  kinds: FaultKind[];
  /** Shown from the beginning; any other is, as long as something of it is broken. */
  isFirst: boolean;
}

/** What can be broken of one part of the world, under a heading that folds it away. */
export function FaultGroup({ title, kinds, isFirst }: FaultGroupProps) {
  const on = useSnapshot(({ faults }) => faults.filter(({ name }) => kinds.some((kind) => kind.name === name)).length);
  const id = useId();
  const [wanted, setWanted] = useState<boolean>();
  // It stays open when what was broken in it is mended: nothing moves below somebody's pointer.
  if (wanted === undefined && on > 0) setWanted(true);
  const isOpen = wanted ?? isFirst;
  return (
    <section className={styles.group} aria-labelledby={id}>
      <h3 className={styles.groupTitle}>
        <button
          type="button"
          id={id}
          className={styles.heading}
          aria-expanded={isOpen}
          onClick={() => setWanted(!isOpen)}
        >
          {title}{' '}
          <span className={on > 0 ? styles.count : styles.none}>{on > 0 ? `${on} on` : `${kinds.length} kinds`}</span>
        </button>
      </h3>
      {isOpen && (
        <div className={styles.groupRows}>
          {kinds.map((kind) => (
            <FaultRow key={kind.name} kind={kind} />
          ))}
        </div>
      )}
    </section>
  );
}
