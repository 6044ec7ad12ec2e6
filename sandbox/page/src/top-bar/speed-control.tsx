import { useState } from 'react';
import { api } from '../api.ts';
import { useSnapshot } from '../store.ts';
import { useRequest } from '../use-request.ts';
import styles from './speed-control.module.css';

const SPEEDS = [0, 1, 10, 60];

/** World seconds per second, and the world's pause. */
export function SpeedControl() {
  const speed = useSnapshot((snapshot) => snapshot.clock.speed);
  const { refusal, ask, forget } = useRequest();
  // A speed that was given at the start can be gone back to after a pause.
  const [given, setGiven] = useState(speed);
  if (!SPEEDS.includes(speed) && speed !== given) setGiven(speed);
  const speeds = [...new Set([...SPEEDS, given])].sort((a, b) => a - b);
  return (
    <fieldset className={styles.speeds}>
      <legend className="hidden-text">Speed of the world</legend>
      {speeds.map((value) => (
        <label key={value} className={styles.speed} title={titleOf(value)}>
          <input
            type="radio"
            name="speed"
            className="hidden-text"
            checked={value === speed}
            aria-label={titleOf(value)}
            onChange={() => void ask(() => api.clock({ speed: value }))}
          />
          {value === 0 ? (
            <>
              <PauseSign />
              <span className={styles.pause}>Pause</span>
            </>
          ) : (
            `${value}×`
          )}
        </label>
      ))}
      {refusal !== undefined && (
        <p className={styles.refusal} role="alert">
          {refusal}{' '}
          <button type="button" onClick={forget}>
            Close
          </button>
        </p>
      )}
    </fieldset>
  );
}

function titleOf(speed: number): string {
  if (speed === 0) return 'Pause: the world stands still';
  return speed === 1 ? 'As fast as real time' : `${speed} times as fast as real time`;
}

function PauseSign() {
  return (
    <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" fill="currentColor">
      <rect x="1.5" y="1" width="3" height="10" />
      <rect x="7.5" y="1" width="3" height="10" />
    </svg>
  );
}
