import { useId, useState } from 'react';
import { utc } from '../../../../src/blocks/time.ts';
import type { FaultKind } from '../../../control/wire.ts';
import type { Fault } from '../../../world/state.ts';
import styles from './fault-switches.module.css';
import { faultTitle } from './fault-words.ts';
import { Switch } from './switch.tsx';

const CHOICES: [duration: string, label: string][] = [
  ['30s', '30 s'],
  ['600s', '10 min'],
];
const FREE = 'free';

interface DurationSwitchProps {
  kind: FaultKind;
  fault: Fault | undefined;
  busy: boolean;
  /** `duration` as people write it; the sandbox says so when it is none. */
  onPress(duration: string, isOn: boolean): void;
}

/** A fault with a duration: a few to choose from, or any other. While it is on, another choice takes effect at once. */
export function DurationSwitch({ kind, fault, busy, onPress }: DurationSwitchProps) {
  const [choice, setChoice] = useState<string>();
  const [free, setFree] = useState('');
  const id = useId();
  const isOn = fault !== undefined;
  const shown = choice ?? (fault?.seconds === undefined ? '600s' : choiceOf(fault.seconds));
  const typed = free || (fault?.seconds === undefined ? '' : `${fault.seconds}s`);
  const duration = shown === FREE ? typed : shown;
  const title = faultTitle(kind.name);

  const choose = (next: string) => {
    setChoice(next);
    if (isOn && next !== FREE) onPress(next, true);
  };
  return (
    <>
      <div className={styles.duration}>
        <label htmlFor={id} className="hidden-text">
          {title} by
        </label>
        <select id={id} className={styles.input} value={shown} onChange={(event) => choose(event.target.value)}>
          {CHOICES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
          <option value={FREE}>Other…</option>
        </select>
        {shown === FREE && (
          <input
            className={styles.input}
            aria-label={`${title} by, for example 45s or 5m`}
            placeholder="45s, 5m"
            size={7}
            value={typed}
            onChange={(event) => setFree(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && onPress(duration, true)}
          />
        )}
      </div>
      <Switch
        label=""
        hiddenLabel={title}
        isOn={isOn}
        {...(fault && { since: utc(fault.since) })}
        busy={busy}
        onPress={(on) => onPress(duration, on)}
      />
    </>
  );
}

function choiceOf(seconds: number): string {
  return CHOICES.find(([value]) => value === `${seconds}s`)?.[0] ?? FREE;
}
