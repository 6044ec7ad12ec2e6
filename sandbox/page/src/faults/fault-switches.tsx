import { useEffect, useId, useRef, useState } from 'react';
import { formatFault } from '../../../control/format-fault.ts';
import { api } from '../api.ts';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { useRequest } from '../use-request.ts';
import { FaultGroup } from './fault-group.tsx';
import { groupsOf } from './fault-groups.ts';
import styles from './fault-switches.module.css';
import { FaultsOn } from './faults-on.tsx';

/** What can be broken, each with its switch; once an incident is open only what is on takes up room. */
export function FaultSwitches() {
  const kinds = useSnapshot((snapshot) => snapshot.faultKinds);
  const faults = useSnapshot((snapshot) => snapshot.faults);
  const isIncidentOpen = useSnapshot((snapshot) => snapshot.recovery?.status === 'open');
  const [wanted, setWanted] = useState<boolean>();
  const isOpen = wanted ?? !isIncidentOpen;
  const rows = useRef<HTMLDivElement>(null);
  const { busy, refusal, ask } = useRequest();
  const id = useId();
  // Only where they are hidden: whoever was led here has not asked that they stay for the whole incident.
  useShowWish(rows, () => !isOpen && setWanted(true));

  const allOff = () => ask(() => Promise.all(faults.map((fault) => api.switchFault(formatFault(fault), false))));
  return (
    <section className={styles.card} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          Faults
        </h2>
        <FaultsOn faults={faults} isBrief={isOpen} />
        <div className={styles.buttons}>
          {faults.length > 0 && (
            <button type="button" className={styles.button} disabled={busy} onClick={() => void allOff()}>
              All off
            </button>
          )}
          <button
            type="button"
            className={styles.button}
            aria-expanded={isOpen}
            aria-controls={`${id}-rows`}
            onClick={() => setWanted(!isOpen)}
          >
            {isOpen ? 'Hide switches' : 'Show switches'}
          </button>
        </div>
      </div>
      {refusal !== undefined && (
        <p className={styles.refusal} role="alert">
          {refusal}
        </p>
      )}
      <div id={`${id}-rows`} ref={rows} className={styles.rows} hidden={!isOpen}>
        {groupsOf(kinds).map(([title, own], index) => (
          <FaultGroup key={title} title={title} kinds={own} isFirst={index === 0} />
        ))}
      </div>
    </section>
  );
}

/** Another part of the page may wish that the switches are seen: they are opened, and the first has the focus. */
function useShowWish(rows: React.RefObject<HTMLElement | null>, open: () => void): void {
  const wish = useSession((state) => state.showFaults);
  const setSession = useSession((state) => state.set);
  useEffect(() => {
    if (!wish) return;
    open();
    setSession({ showFaults: undefined });
    // After it has been drawn open: what is hidden cannot have the focus.
    requestAnimationFrame(() => {
      rows.current?.scrollIntoView({ block: 'nearest' });
      rows.current?.querySelector<HTMLElement>('[role="switch"]')?.focus();
    });
  });
}
