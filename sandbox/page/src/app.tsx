import { useEffect } from 'react';
import styles from './app.module.css';
import { CallLog } from './calls/call-log.tsx';
import { WritesChart } from './chart/writes-chart.tsx';
import { Chat } from './chat/chat.tsx';
import { FaultSwitches } from './faults/fault-switches.tsx';
import { Invitation } from './invitation/invitation.tsx';
import { WorldMap } from './map/world-map.tsx';
import { Phone } from './phone/phone.tsx';
import { RecoveryClock } from './recovery/recovery-clock.tsx';
import { useSession } from './session.ts';
import { usePage } from './store.ts';
import { Tools } from './tools/tools.tsx';
import { TopBar } from './top-bar/top-bar.tsx';

/** The whole page: the chat at the left, the world at the right; on a narrow screen one of the two at a time. */
export function App() {
  const connection = usePage((state) => state.connection);
  const hasSnapshot = usePage((state) => state.snapshot !== undefined);
  const half = useSession((state) => state.half);
  const setSession = useSession((state) => state.set);
  const theme = useSession((state) => state.theme);

  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);

  if (!hasSnapshot) {
    return (
      <p className={styles.waiting} role="status">
        {connection === 'lost'
          ? 'The sandbox does not answer. Is npm start still running?'
          : 'Connecting to the sandbox…'}
      </p>
    );
  }
  return (
    <div className={styles.app} data-half={half}>
      <TopBar />
      {connection !== 'open' && (
        <p className={styles.notice} role="status">
          {connection === 'resetting'
            ? 'A new world is being made. This takes a few seconds.'
            : 'The sandbox does not answer; it is tried again every second. What you see is how it was.'}
        </p>
      )}
      <Invitation />
      <div className={styles.halves}>
        <section className={styles.chat} aria-label="Slack">
          <Chat />
        </section>
        <section className={styles.world} aria-label="World">
          <RecoveryClock />
          <FaultSwitches />
          <WorldMap />
          <WritesChart />
          <Phone />
          <CallLog />
          <Tools />
        </section>
      </div>
      <nav className={styles.tabs} aria-label="Halves of the page">
        {(['chat', 'world'] as const).map((name) => (
          <button
            key={name}
            type="button"
            className={styles.tab}
            aria-current={half === name ? 'page' : undefined}
            onClick={() => setSession({ half: name })}
          >
            {name === 'chat' ? 'Slack' : 'World'}
          </button>
        ))}
      </nav>
    </div>
  );
}
