import type { ParameterPicture } from '../../../control/wire.ts';
import styles from './start-runbook.module.css';

interface ParameterInputProps {
  parameter: ParameterPicture;
  value: string;
  onChange(value: string): void;
}

/** One parameter of a runbook; left as it is, the runbook's own default counts. */
export function ParameterInput({ parameter, value, onChange }: ParameterInputProps) {
  const { name, usual, required, description, choices: given, type } = parameter;
  const choices = given ?? (type === 'bool' ? ['true', 'false'] : undefined);
  const label = (
    <span className={styles.label}>
      {name}
      {required && <span className={styles.dim}> (needed)</span>}
    </span>
  );
  const more = description === undefined ? {} : { title: description };
  if (choices) {
    return (
      <label className={styles.field} {...more}>
        {label}
        <select
          className={styles.input}
          value={value === '' ? (usual ?? '') : value}
          onChange={(event) => onChange(event.target.value)}
        >
          {usual === undefined && <option value="">choose…</option>}
          {usual !== undefined && !choices.includes(usual) && <option>{usual}</option>}
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <label className={styles.field} {...more}>
      {label}
      <input
        className={styles.input}
        value={value}
        placeholder={usual === undefined || usual === '' ? EXAMPLES[type] : shownUsual(type, usual)}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

const EXAMPLES: Record<ParameterPicture['type'], string> = {
  region: 'us-west-2',
  string: 'text',
  int: 'a number',
  bool: 'true or false',
  duration: '45s, 10m',
};

/** A duration is kept in the words of its runbook. */
function shownUsual(type: ParameterPicture['type'], usual: string): string {
  return type === 'duration' && /^\d+$/.test(usual) ? `${usual}s` : usual;
}
