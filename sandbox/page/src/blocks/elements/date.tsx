import { useRef } from 'react';
import type { DateOrTime } from '../block-kit.ts';
import type { Wiring } from './any-element.tsx';
import styles from './field.module.css';
import { nameOf, useChoice, wiredTo } from './use-choice.tsx';

interface DateElementProps {
  element: DateOrTime;
  blockId: string;
  label: string;
  wiring: Wiring | undefined;
}

const KINDS = {
  datepicker: { type: 'date', word: 'Date', zone: '' },
  timepicker: { type: 'time', word: 'Time', zone: 'UTC' },
  datetimepicker: { type: 'datetime-local', word: 'Date and time', zone: 'UTC' },
} as const;

/** The browser's own picker of a date or time. Times are UTC, and say so. */
export function DateElement({ element, blockId, label, wiring }: DateElementProps) {
  const { value, fillIn, send, disabled } = useChoice(blockId, element, wiring);
  const chosen = chosenIn(value);
  const sent = useRef(chosen);
  const kind = KINDS[element.type];
  const placeholder = 'placeholder' in element ? element.placeholder?.text : undefined;
  // While a date is typed it passes through others (year 2, 20, 202): the app is told when the person is done.
  const finish = () => {
    if (chosen === sent.current || chosen === '') return;
    sent.current = chosen;
    send(element.type === 'datetimepicker' ? String(seconds(chosen)) : chosen);
  };
  return (
    <span className={styles.dated}>
      <input
        className={styles.field}
        {...wiredTo(wiring)}
        {...nameOf(wiring, placeholder, label, kind.word)}
        type={kind.type}
        value={chosen}
        disabled={disabled}
        onChange={({ target }) => {
          const typed = target.value;
          fillIn(typed === '' ? undefined : element.type === 'datetimepicker' ? String(seconds(typed)) : typed);
        }}
        onBlur={finish}
        onKeyDown={({ key }) => {
          if (key === 'Enter') finish();
        }}
      />
      {kind.zone !== '' && <span className={styles.hint}>{kind.zone}</span>}
    </span>
  );
}

/** As the browser's input writes it. */
function chosenIn(value: Record<string, unknown>): string {
  const { selected_date, selected_time, selected_date_time } = value;
  if (typeof selected_date === 'string') return selected_date;
  if (typeof selected_time === 'string') return selected_time;
  if (typeof selected_date_time === 'number') return new Date(selected_date_time * 1000).toISOString().slice(0, 16);
  return '';
}

/** Unix seconds of what a `datetime-local` input holds, read as UTC. */
function seconds(typed: string): number {
  return Date.parse(`${typed}Z`) / 1000;
}
