import { useState } from 'react';
import type { ResetFailure } from '../../control/wire.ts';
import { api } from './api.ts';
import styles from './app.module.css';
import dialogStyles from './top-bar/dialog.module.css';
import { SystemField } from './top-bar/system-field.tsx';
import { useRequest } from './use-request.ts';

/** The page of a browser that has seen no world, and there is none: why, and the way to another. */
export function NoWorld({ failure }: { failure: ResetFailure }) {
  const { why, systems, seed } = failure;
  const [system, setSystem] = useState(failure.system);
  const { busy, refusal, ask } = useRequest();
  return (
    <main className={styles.noWorld}>
      <h1 className={dialogStyles.title}>There is no world</h1>
      <p className={dialogStyles.refusal} role="alert">
        {why}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask(() => api.reset({ system, seed }));
        }}
      >
        <SystemField systems={systems} value={system} disabled={busy} onChange={setSystem} />
        {refusal !== undefined && refusal !== why && (
          <p className={dialogStyles.refusal} role="alert">
            {refusal}
          </p>
        )}
        <div className={dialogStyles.buttons}>
          <button type="submit" className={dialogStyles.primary} disabled={busy}>
            Reset
          </button>
        </div>
      </form>
    </main>
  );
}
