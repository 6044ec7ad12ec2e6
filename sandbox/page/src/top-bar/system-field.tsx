import type { Snapshot } from '../../../control/wire.ts';
import styles from './dialog.module.css';

interface SystemFieldProps {
  systems: Snapshot['systems'];
  value: string;
  disabled: boolean;
  onChange(system: string): void;
}

/** Which system a new world is made of. */
export function SystemField({ systems, value, disabled, onChange }: SystemFieldProps) {
  return (
    <label className={styles.field}>
      System
      <select
        className={styles.input}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      >
        {systems.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
