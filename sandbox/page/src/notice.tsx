import styles from './app.module.css';
import { useSession } from './session.ts';
import { usePage } from './store.ts';

/** One line below the top bar as long as the world that is shown is not played, or has no bot; nothing when all is well. */
export function Notice() {
  const connection = usePage((state) => state.connection);
  const why = usePage((state) => state.failure?.why);
  const setSession = useSession((state) => state.set);
  const botOutage = usePage((state) => state.snapshot?.botOutage);
  if (connection === 'open') {
    if (botOutage === undefined) return null;
    return (
      <p className={styles.notice} role="status">
        The bot is not running: {botOutage}. It is started again.
      </p>
    );
  }
  if (connection === 'failed') {
    return (
      <p className={styles.notice} role="alert" data-tone="bad">
        {why} What you see is how the last world was.{' '}
        <button
          type="button"
          className={styles.button}
          onClick={() => setSession({ askReset: { at: performance.now() } })}
        >
          Reset…
        </button>
      </p>
    );
  }
  return (
    <p className={styles.notice} role="status">
      {connection === 'resetting'
        ? 'A new world is being made. This takes a few seconds.'
        : 'The sandbox does not answer; it is tried again every second. What you see is how it was.'}
    </p>
  );
}
