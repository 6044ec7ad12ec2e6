import styles from '../app.module.css';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { chatMark, type HalfMark, worldMark } from './half-marks.ts';

/** On a narrow screen: which half is shown, and what waits in the other. */
export function HalfTabs({ className }: { className: string | undefined }) {
  const half = useSession((state) => state.half);
  const setSession = useSession((state) => state.set);
  const marks = { chat: useChatMark(), world: useWorldMark() };
  return (
    <nav className={className} aria-label="Halves of the page">
      {(['chat', 'world'] as const).map((name) => {
        const mark = half === name ? undefined : marks[name];
        return (
          <button
            key={name}
            type="button"
            className={styles.tab}
            aria-current={half === name ? 'page' : undefined}
            onClick={() => setSession({ half: name })}
          >
            {name === 'chat' ? 'Slack' : 'World'}
            {mark && (
              <span className={styles.mark} data-tone={mark.tone}>
                <span aria-hidden="true">{mark.text}</span>
                <span className="hidden-text">{`, ${mark.words}`}</span>
              </span>
            )}
          </button>
        );
      })}
    </nav>
  );
}

function useChatMark(): HalfMark | undefined {
  const messages = useSnapshot((snapshot) => snapshot.messages);
  const first = useSnapshot((snapshot) => snapshot.people[0]?.id);
  const person = useSession((state) => state.person) ?? first ?? '';
  const read = useSession((state) => state.read);
  return chatMark({ messages }, person, read);
}

function useWorldMark(): HalfMark | undefined {
  const pages = useSnapshot((snapshot) => snapshot.pages);
  const picture = useSnapshot((snapshot) => snapshot.picture);
  return worldMark({ pages, picture });
}
