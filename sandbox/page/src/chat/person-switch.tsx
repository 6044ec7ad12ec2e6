import { useMemo } from 'react';
import type { Person } from '../../../slack/state.ts';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { authorOf } from './authors.ts';
import { Avatar } from './avatar.tsx';
import styles from './person-switch.module.css';
import { unreadIn } from './unread.ts';
import { mayDo } from './who-may.ts';

/** Who is typing: the sandbox has several people, and this browser is all of them. */
export function PersonSwitch({ person }: { person: Person }) {
  const people = useSnapshot((snapshot) => snapshot.people);
  const setSession = useSession((state) => state.set);
  const waiting = useWaiting(people, person);
  return (
    <fieldset className={styles.switch}>
      <legend className="hidden-text">Who is typing</legend>
      <div className={styles.people}>
        {people.map((candidate) => (
          <label key={candidate.id} className={styles.person} title={`${candidate.realName}: ${mayDo(candidate)}`}>
            <input
              type="radio"
              name="who-is-typing"
              value={candidate.id}
              checked={candidate.id === person.id}
              onChange={() => setSession({ person: candidate.id })}
              aria-describedby={candidate.id === person.id ? 'who-may' : undefined}
            />
            <Avatar author={authorOf(candidate.id, people)} size="small" />
            <span className={styles.name}>{candidate.name}</span>
            {waiting.has(candidate.id) && (
              <span className={styles.waiting}>
                <span className="hidden-text">, {waiting.get(candidate.id)}</span>
              </span>
            )}
          </label>
        ))}
      </div>
      <p id="who-may" className={styles.may}>
        <b>{person.realName}</b> {mayDo(person)}.
      </p>
    </fieldset>
  );
}

/** What waits for the people who are not typing: a dialog, or messages that name them. */
function useWaiting(people: Person[], typing: Person): Map<string, string> {
  const messages = useSnapshot((snapshot) => snapshot.messages);
  const channels = useSnapshot((snapshot) => snapshot.channels);
  const views = useSnapshot((snapshot) => snapshot.views);
  const read = useSession((state) => state.read);
  return useMemo(() => {
    const waiting = new Map<string, string>();
    for (const { id } of people.filter((candidate) => candidate.id !== typing.id)) {
      const named = channels
        .filter(({ directTo }) => directTo === undefined || directTo === id)
        .some((channel) => unreadIn(channel, messages[channel.id] ?? [], id, read[`${id}/${channel.id}`]).mentions > 0);
      if ((views[id] ?? []).length > 0) waiting.set(id, 'a dialog is open');
      else if (named) waiting.set(id, 'mentioned in unread messages');
    }
    return waiting;
  }, [people, typing.id, messages, channels, views, read]);
}
