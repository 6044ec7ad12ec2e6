import styles from './switch.module.css';

interface SwitchProps {
  /** What stands beside it. */
  label: string;
  /** What screen readers hear after `label`. */
  hiddenLabel: string;
  isOn: boolean;
  /** Since when it is on, as people read it. */
  since?: string;
  busy: boolean;
  onPress(isOn: boolean): void;
}

/** A switch of the world. It shows what the world says, so it moves when the world has heard. */
export function Switch({ label, hiddenLabel, isOn, since, busy, onPress }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-busy={busy}
      className={styles.switch}
      // The second click of a double click would take back what the first has done.
      onClick={({ detail }) => !busy && detail < 2 && onPress(!isOn)}
    >
      <span className={styles.words}>
        {label !== '' && <span>{label}</span>}
        <span className="hidden-text">{hiddenLabel}</span>
        {since !== undefined && <span className={styles.since}> since {since.replace(' UTC', '')}</span>}
      </span>
      <span className={styles.state} aria-hidden="true">
        {isOn ? 'on' : 'off'}
      </span>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.thumb} />
      </span>
    </button>
  );
}
