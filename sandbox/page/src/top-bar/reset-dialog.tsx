import { useState } from 'react';
import { api } from '../api.ts';
import { useSnapshot } from '../store.ts';
import { useRequest } from '../use-request.ts';
import styles from './dialog.module.css';
import { Dialog } from './dialog.tsx';
import { OpenIncidentWarning } from './open-incident-warning.tsx';
import { SystemField } from './system-field.tsx';

/** Asks which world to begin anew, and says what would be lost. */
export function ResetDialog({ onClose }: { onClose(): void }) {
  const systems = useSnapshot((snapshot) => snapshot.systems);
  const current = useSnapshot((snapshot) => snapshot.system.name);
  const currentSeed = useSnapshot((snapshot) => snapshot.seed);
  const [system, setSystem] = useState(current);
  const [seed, setSeed] = useState(String(currentSeed));
  const { busy, refusal, ask } = useRequest();
  const isWhole = /^-?\d{1,15}$/.test(seed.trim());

  const reset = async () => {
    if (await ask(() => api.reset({ system, seed: Number(seed) }))) onClose();
  };
  return (
    <Dialog title="Begin a new world?" onClose={onClose}>
      <p className={styles.text}>
        Both regions healthy, nothing broken, Slack and the call log empty. It takes a few seconds.
      </p>
      <OpenIncidentWarning />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isWhole) void reset();
        }}
      >
        <SystemField systems={systems} value={system} disabled={busy} onChange={setSystem} />
        <label className={styles.field}>
          Seed
          <input
            className={styles.input}
            inputMode="numeric"
            value={seed}
            disabled={busy}
            aria-invalid={!isWhole}
            onChange={(event) => setSeed(event.target.value)}
          />
          <span className={styles.hint}>
            {isWhole
              ? 'Every latency of the world follows from it: the same seed, the same world.'
              : 'The seed is a whole number.'}
          </span>
        </label>
        {refusal !== undefined && (
          <p className={styles.refusal} role="alert">
            {refusal}
          </p>
        )}
        <div className={styles.buttons}>
          <button type="button" className={styles.button} disabled={busy} onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={styles.primary} disabled={busy || !isWhole}>
            {busy ? 'A new world is being made…' : 'Begin a new world'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
