import { useEffect } from 'react';
import styles from './app.module.css';
import { WritesChart } from './chart/writes-chart.tsx';
import { Chat } from './chat/chat.tsx';
import { FaultSwitches } from './faults/fault-switches.tsx';
import { Invitation } from './invitation/invitation.tsx';
import { WorldMap } from './map/world-map.tsx';
import { NoWorld } from './no-world.tsx';
import { Notice } from './notice.tsx';
import { Phone } from './phone/phone.tsx';
import { RecoveryClock } from './recovery/recovery-clock.tsx';
import { StartRunbook } from './runbooks/start-runbook.tsx';
import { useSession } from './session.ts';
import { usePage } from './store.ts';
import { Panels } from './tools/panels.tsx';
import { HalfTabs } from './top-bar/half-tabs.tsx';
import { TopBar } from './top-bar/top-bar.tsx';

/** The whole page: the chat at the left, the world at the right; on a narrow screen one of the two at a time. */
export function App() {
  const connection = usePage((state) => state.connection);
  const failure = usePage((state) => state.failure);
  const world = usePage((state) => state.snapshot?.world);
  const half = useSession((state) => state.half);
  const enter = useSession((state) => state.enter);
  useTheme();

  useEffect(() => {
    if (world !== undefined) enter(world);
  }, [world, enter]);

  if (world === undefined) {
    if (connection === 'failed' && failure) return <NoWorld failure={failure} />;
    return (
      <p className={styles.waiting} role="status">
        {BEFORE_THE_FIRST[connection]}
      </p>
    );
  }
  return (
    <div className={styles.app} data-half={half}>
      <TopBar />
      <Notice />
      <Invitation />
      <main className={styles.halves}>
        <section className={styles.chat} aria-label="Slack">
          <Chat />
        </section>
        <section className={styles.world} aria-label="World">
          {/* Nothing of an earlier world is kept by the cards of the next. */}
          <div className={styles.cards} key={world}>
            <div className={styles.recovery}>
              <RecoveryClock />
            </div>
            <div className={styles.faults}>
              <FaultSwitches />
            </div>
            <div className={styles.runbooks}>
              <StartRunbook />
            </div>
            <div className={styles.map}>
              <WorldMap />
            </div>
            <div className={styles.chart}>
              <WritesChart />
            </div>
            <div className={styles.phone}>
              <Phone />
            </div>
            <div className={styles.panels}>
              <Panels />
            </div>
          </div>
        </section>
      </main>
      <HalfTabs className={styles.tabs} />
    </div>
  );
}

const BEFORE_THE_FIRST = {
  connecting: 'Connecting to the sandbox…',
  open: 'Connecting to the sandbox…',
  resetting: 'A new world is being made. This takes a few seconds.',
  failed: 'There is no world.',
  lost: 'The sandbox does not answer. Is npm start still running?',
} as const;

function useTheme(): void {
  const theme = useSession((state) => state.theme);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}
