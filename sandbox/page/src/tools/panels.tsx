import { useId, useState } from 'react';
import { CallLog } from '../calls/call-log.tsx';
import styles from './panels.module.css';
import { Tools } from './tools.tsx';

const PANELS = [
  { name: 'calls', title: 'API calls' },
  { name: 'tools', title: 'Your own tools' },
] as const;

/** What stands at the bottom of the world: the calls that were made in it, and how to make some oneself. */
export function Panels() {
  const [shown, setShown] = useState<(typeof PANELS)[number]['name']>('calls');
  const id = useId();
  return (
    <section className={styles.card} aria-label="Calls and tools">
      <div className={styles.tabs} role="tablist" aria-label="Calls and tools" onKeyDown={move}>
        {PANELS.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}-tab`}
            aria-controls={`${id}-${name}`}
            aria-selected={shown === name}
            tabIndex={shown === name ? 0 : -1}
            className={styles.tab}
            onClick={() => setShown(name)}
            onFocus={() => setShown(name)}
          >
            {title}
          </button>
        ))}
      </div>
      {PANELS.map(({ name }) => (
        <div
          key={name}
          role="tabpanel"
          id={`${id}-${name}`}
          aria-labelledby={`${id}-${name}-tab`}
          hidden={shown !== name}
          className={styles.panel}
        >
          {name === 'calls' ? <CallLog /> : <Tools />}
        </div>
      ))}
    </section>
  );
}

/** Left and right lead from one tab to the next, as in every tab list. */
function move({ key, currentTarget }: React.KeyboardEvent<HTMLElement>): void {
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const tabs = [...currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')];
  const now = tabs.indexOf(document.activeElement as HTMLElement);
  tabs[(now + step + tabs.length) % tabs.length]?.focus();
}
