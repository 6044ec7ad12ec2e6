import { useId, useMemo, useState } from 'react';
import type { RunbookPicture } from '../../../control/wire.ts';
import { useSnapshot } from '../store.ts';
import { RunbookRow } from './runbook-row.tsx';
import styles from './start-runbook.module.css';

/** Every runbook of every system in the world, each with what it may be given and a button that starts it. */
export function StartRunbook() {
  const runbooks = useSnapshot((snapshot) => snapshot.runbooks);
  const groups = useMemo(() => bySystem(runbooks), [runbooks]);
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  if (runbooks.length === 0) return null;
  return (
    <section className={styles.card} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          Start a runbook
        </h2>
        <p className={styles.count}>{words(runbooks.length, groups.length)}</p>
        <button
          type="button"
          className={styles.button}
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Hide runbooks' : 'Show runbooks'}
        </button>
      </div>
      <div id={`${id}-list`} hidden={!isOpen} className={styles.list}>
        {groups.map(([system, entries]) => (
          <section key={system} aria-labelledby={`${id}-${system}`}>
            <h3 id={`${id}-${system}`} className={styles.system}>
              {entries[0]?.systemTitle} <span className={styles.dim}>{system}</span>
            </h3>
            <ul className={styles.rows}>
              {entries.map((runbook) => (
                <RunbookRow key={runbook.id} runbook={runbook} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </section>
  );
}

function words(runbooks: number, systems: number): string {
  const of = systems === 1 ? '' : ` of ${systems} systems`;
  return runbooks === 1 ? `1 runbook${of}` : `${runbooks} runbooks${of}`;
}

function bySystem(runbooks: RunbookPicture[]): [string, RunbookPicture[]][] {
  const groups = new Map<string, RunbookPicture[]>();
  for (const runbook of runbooks) groups.set(runbook.system, [...(groups.get(runbook.system) ?? []), runbook]);
  return [...groups];
}
