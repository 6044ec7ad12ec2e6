import type { Message, Person } from '../../../slack/state.ts';
import { emojiNamed, spokenName } from '../blocks/emoji.ts';
import { authorOf } from './authors.ts';
import styles from './reactions.module.css';

/** Emoji that were put under a message, with how many people did. */
export function Reactions({ reactions, people }: { reactions: NonNullable<Message['reactions']>; people: Person[] }) {
  return (
    <ul className={styles.reactions} aria-label="Reactions">
      {reactions.map(({ name, users }) => {
        const who = users.map((user) => authorOf(user, people).name).join(', ');
        return (
          <li key={name} className={styles.reaction} title={`${who} reacted with :${name}:`}>
            <span role="img" aria-label={spokenName(name)}>
              {emojiNamed(name) ?? `:${name}:`}
            </span>
            <span className={styles.count}>{users.length}</span>
          </li>
        );
      })}
    </ul>
  );
}
