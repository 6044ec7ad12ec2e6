import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import styles from './invitation.module.css';
import { type NextStep, nextStep, type Offer, unfencedOf } from './next-step.ts';

/** Says the one next thing to somebody who has never seen this, follows what they did, and gets out of the way. */
export function Invitation() {
  const isClosed = useSession((state) => state.invitation === 'closed');
  return isClosed ? null : <OpenInvitation />;
}

function OpenInvitation() {
  const step = useNextStep();
  const system = useSnapshot((snapshot) => snapshot.system.name);
  const setSession = useSession((state) => state.set);
  const parts = ['Break something', `Type /dr failover ${system}`, 'Approve as somebody else', 'Watch'];
  const { offer } = step;
  return (
    <aside className={styles.bar} data-quiet={step.quiet} data-part={step.part} aria-label="What to do next">
      <ol className={styles.parts}>
        {parts.map((part, index) => (
          <li key={part} className={styles.part} data-state={stateOf(index + 1, step)}>
            <span className={styles.number} aria-hidden="true">
              {index + 1 < step.part ? '✓' : index + 1}
            </span>
            <span className={styles.partName}>{part}</span>
            <span className="hidden-text">{HIDDEN[stateOf(index + 1, step)]}</span>
          </li>
        ))}
      </ol>
      <p className={styles.sentence} role="status">
        {step.sentence}
      </p>
      {offer && (
        <button type="button" className={styles.offer} onClick={() => setSession(wishesOf(offer))}>
          {offer.label}
        </button>
      )}
      <button
        type="button"
        className={styles.close}
        aria-label="Close these hints"
        title="Close these hints. The button Hints, above, brings them back."
        onClick={() => setSession({ invitation: 'closed' })}
      >
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" stroke="currentColor" strokeWidth="1.6">
          <path d="M2 2l8 8M10 2l-8 8" />
        </svg>
      </button>
    </aside>
  );
}

const HIDDEN = { done: ', done', now: ', now', later: '' } as const;

function stateOf(part: number, step: NextStep): 'done' | 'now' | 'later' {
  if (part < step.part) return 'done';
  return part === step.part ? 'now' : 'later';
}

function useNextStep(): NextStep {
  const faults = useSnapshot((snapshot) => snapshot.faults);
  const people = useSnapshot((snapshot) => snapshot.people);
  const messages = useSnapshot((snapshot) => snapshot.messages);
  const system = useSnapshot((snapshot) => snapshot.system);
  const recovery = useSnapshot((snapshot) => snapshot.recovery);
  const clock = useSnapshot((snapshot) => snapshot.clock);
  const unfenced = useSnapshot(unfencedOf);
  const id = useSession((state) => state.person);
  const person = people.find((one) => one.id === id) ?? people[0];
  return nextStep(
    {
      faults,
      people,
      messages,
      system,
      clock,
      ...(unfenced !== undefined && { unfenced }),
      ...(recovery && { recovery }),
    },
    person,
  );
}

/** What the button of an offer asks of the other parts of the page. */
function wishesOf(offer: Offer): Parameters<ReturnType<typeof useSession.getState>['set']>[0] {
  const at = performance.now();
  switch (offer.does) {
    case 'show the switches':
      return { half: 'world', showFaults: { at } };
    case 'reset':
      return { askReset: { at } };
    case 'write':
      return {
        half: 'chat',
        channel: undefined,
        thread: undefined,
        compose: { text: offer.text, at },
        ...(offer.as !== undefined && { person: offer.as }),
      };
    case 'show a message':
      return {
        half: 'chat',
        channel: offer.channel,
        reveal: { ts: offer.ts, at },
        ...(offer.as !== undefined && { person: offer.as }),
      };
  }
}
