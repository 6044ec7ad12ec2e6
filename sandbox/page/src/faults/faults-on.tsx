import { utc } from '../../../../src/blocks/time.ts';
import { formatFault, WAITS } from '../../../control/format-fault.ts';
import type { Fault } from '../../../world/state.ts';
import styles from './fault-switches.module.css';
import { capitalize, faultWords } from './fault-words.ts';

/** What is broken now and since when; where the switches stand below it, only how much. */
export function FaultsOn({ faults, isBrief }: { faults: Fault[]; isBrief: boolean }) {
  if (faults.length === 0) return <p className={styles.none}>Nothing is broken.</p>;
  if (isBrief) return <p className={styles.count}>{faults.length === 1 ? '1 is on' : `${faults.length} are on`}</p>;
  return (
    <ul className={styles.on}>
      {faults.map((fault) => (
        <li key={formatFault(fault)} className={styles.chip}>
          {capitalize(faultWords(fault))}{' '}
          <span className={styles.since}>{fault.waits ? WAITS : `since ${utc(fault.since)}`}</span>
        </li>
      ))}
    </ul>
  );
}
