import { useEffect, useState } from 'react';
import { type Theme, useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { OpenedLink } from './opened-link.tsx';
import { ResetDialog } from './reset-dialog.tsx';
import { ShareButton } from './share-button.tsx';
import { SpeedControl } from './speed-control.tsx';
import styles from './top-bar.module.css';
import { UtcClock } from './utc-clock.tsx';

/** The product, the system on stage, the world's time and speed; what is rare stands in a menu on narrow screens. */
export function TopBar() {
  const [resetting, setResetting] = useResetDialog();
  return (
    <header className={styles.bar}>
      <h1 className={styles.brand}>
        <img src="/icon.svg" alt="" width="24" height="24" />
        <span className={styles.name}>Lifeboat</span>
      </h1>
      <OnStage />
      <UtcClock />
      <SpeedControl />
      <div className={styles.wide}>
        <Rare onReset={() => setResetting(true)} />
      </div>
      <div className={styles.narrow}>
        <button type="button" className={styles.menuButton} popoverTarget="top-bar-menu" aria-label="Menu">
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="currentColor">
            <rect x="1" y="2" width="14" height="2" />
            <rect x="1" y="7" width="14" height="2" />
            <rect x="1" y="12" width="14" height="2" />
          </svg>
        </button>
        <div id="top-bar-menu" popover="auto" className={styles.menu}>
          <OnStage />
          <Rare
            onReset={() => {
              document.getElementById('top-bar-menu')?.hidePopover();
              setResetting(true);
            }}
          />
        </div>
      </div>
      {resetting && <ResetDialog onClose={() => setResetting(false)} />}
      <OpenedLink />
    </header>
  );
}

/** Another part of the page may wish for the question, too. */
function useResetDialog(): [boolean, (open: boolean) => void] {
  const [open, setOpen] = useState(false);
  const wish = useSession((state) => state.askReset);
  const setSession = useSession((state) => state.set);
  useEffect(() => {
    if (!wish) return;
    setOpen(true);
    setSession({ askReset: undefined });
  }, [wish, setSession]);
  return [open, setOpen];
}

function OnStage() {
  const title = useSnapshot((snapshot) => snapshot.system.title);
  const seed = useSnapshot((snapshot) => snapshot.seed);
  return (
    <p className={styles.stage}>
      <span className={styles.system}>{title}</span>
      <span className={styles.seed}>simulated, seed {seed}</span>
    </p>
  );
}

function Rare({ onReset }: { onReset(): void }) {
  return (
    <>
      <button type="button" className={styles.button} onClick={onReset}>
        Reset…
      </button>
      <ShareButton className={styles.button} />
      <HintsSwitch />
      <ThemeChoice />
    </>
  );
}

/** Closes the invitation, and finds it again. */
function HintsSwitch() {
  const isOpen = useSession((state) => state.invitation === 'open');
  const setSession = useSession((state) => state.set);
  return (
    <button
      type="button"
      className={styles.hints}
      aria-pressed={isOpen}
      title="What to do next, in a line below this bar"
      onClick={() => setSession({ invitation: isOpen ? 'closed' : 'open' })}
    >
      Hints
    </button>
  );
}

const THEMES: [Theme, string][] = [
  ['system', 'System theme'],
  ['light', 'Light theme'],
  ['dark', 'Dark theme'],
];

function ThemeChoice() {
  const theme = useSession((state) => state.theme);
  const setSession = useSession((state) => state.set);
  return (
    <select
      className={styles.button}
      aria-label="Theme"
      value={theme}
      onChange={(event) => setSession({ theme: event.target.value as Theme })}
    >
      {THEMES.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
