import { useState } from 'react';
import { api } from '../api.ts';
import { usePage } from '../store.ts';
import { useRequest } from '../use-request.ts';
import styles from './dialog.module.css';
import { Dialog } from './dialog.tsx';
import { mistakeIn } from './link-mistakes.ts';
import { OpenIncidentWarning } from './open-incident-warning.tsx';
import { isPlayed, questionOf, readLink, withoutScenario } from './scenario.ts';

/** When the page was opened with the link of a scenario: asks before anything is begun anew. */
export function OpenedLink() {
  const [read, setRead] = useState(openedWith);
  const { busy, refusal, ask } = useRequest();
  if (read.kind === 'none') return null;

  const close = () => {
    forgetLink();
    setRead({ kind: 'none' });
  };
  if (read.kind === 'unreadable' || refusal !== undefined) {
    return (
      <Dialog title="This link cannot be played" onClose={close}>
        <p className={styles.refusal} role="alert">
          {read.kind === 'unreadable' ? read.sentence : refusal}
        </p>
        <p className={styles.text}>The world stays as it is.</p>
        <div className={styles.buttons}>
          <button type="button" className={styles.button} onClick={close}>
            Close
          </button>
        </div>
      </Dialog>
    );
  }
  const { scenario, question } = read;
  return (
    <Dialog title={question} onClose={close}>
      <p className={styles.text}>The link you opened describes this scenario. The world that runs now would end.</p>
      <OpenIncidentWarning />
      <div className={styles.buttons}>
        <button type="button" className={styles.button} disabled={busy} onClick={close}>
          Keep this world
        </button>
        <button
          type="button"
          className={styles.primary}
          disabled={busy}
          onClick={() => void ask(() => api.reset(scenario)).then((done) => done && close())}
        >
          {busy ? 'A new world is being made…' : 'Start anew'}
        </button>
      </div>
    </Dialog>
  );
}

/** What the address asked for when the page was opened, and the question to put about it. */
function openedWith() {
  const read = readLink(window.location.search);
  const { snapshot } = usePage.getState();
  if (read.kind !== 'scenario') return read;
  if (!snapshot) return { kind: 'none' } as const;
  const sentence = mistakeIn(read.scenario, snapshot);
  if (sentence !== undefined) return { kind: 'unreadable', sentence } as const;
  if (isPlayed(read.scenario, snapshot)) {
    forgetLink();
    return { kind: 'none' } as const;
  }
  return { ...read, question: questionOf(read.scenario, snapshot) };
}

function forgetLink(): void {
  window.history.replaceState(null, '', withoutScenario(window.location.href));
}
