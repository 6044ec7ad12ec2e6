import { useMemo } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { APP_AUTHOR } from './authors.ts';
import { Avatar } from './avatar.tsx';
import styles from './channel-list.module.css';
import { NOTHING_UNREAD, type Unread, unreadIn } from './unread.ts';

interface ChannelListProps {
  channels: Channel[];
  open: Channel;
  person: Person;
}

/** The conversations of the person who is typing, with what is unread in them. */
export function ChannelList({ channels, open, person }: ChannelListProps) {
  const setSession = useSession((state) => state.set);
  const unread = useUnread(channels, person);
  const entry = (channel: Channel) => (
    <Entry
      key={channel.id}
      channel={channel}
      isOpen={channel.id === open.id}
      unread={unread.get(channel.id) ?? NOTHING_UNREAD}
      onOpen={() => setSession({ channel: channel.id, ...(channel.id !== open.id && { thread: undefined }) })}
    />
  );
  const direct = channels.filter(({ directTo }) => directTo !== undefined);
  return (
    <nav className={styles.list} aria-label="Conversations">
      <h2 className={styles.group}>Channels</h2>
      <ul>{channels.filter(({ directTo }) => directTo === undefined).map(entry)}</ul>
      {direct.length > 0 && (
        <>
          <h2 className={styles.group}>Direct messages</h2>
          <ul>{direct.map(entry)}</ul>
        </>
      )}
    </nav>
  );
}

interface EntryProps {
  channel: Channel;
  isOpen: boolean;
  unread: Unread;
  onOpen: () => void;
}

function Entry({ channel, isOpen, unread, onOpen }: EntryProps) {
  const isDirect = channel.directTo !== undefined;
  return (
    <li>
      <button
        type="button"
        className={styles.entry}
        aria-current={isOpen ? 'page' : undefined}
        data-unread={unread.count > 0 || undefined}
        onClick={onOpen}
      >
        {isDirect ? (
          <span className={styles.face}>
            <Avatar author={APP_AUTHOR} size="small" />
          </span>
        ) : (
          <span className={styles.hash} aria-hidden="true">
            #
          </span>
        )}
        <span className={styles.name}>{isDirect ? APP_AUTHOR.name : channel.name}</span>
        {unread.count > 0 && <Count unread={unread} />}
      </button>
    </li>
  );
}

function Count({ unread: { count, mentions } }: { unread: Unread }) {
  const shown = mentions > 0 ? mentions : count;
  return (
    <span className={styles.count} data-mentions={mentions > 0 || undefined}>
      <span aria-hidden="true">{shown > 99 ? '99+' : shown}</span>
      <span className="hidden-text">
        , {count} unread{mentions > 0 && `, ${mentions} for you`}
      </span>
    </span>
  );
}

function useUnread(channels: Channel[], person: Person): Map<string, Unread> {
  const messages = useSnapshot((snapshot) => snapshot.messages);
  const read = useSession((state) => state.read);
  return useMemo(
    () =>
      new Map(
        channels.map((channel) => [
          channel.id,
          unreadIn(channel, messages[channel.id] ?? [], person.id, read[`${person.id}/${channel.id}`]),
        ]),
      ),
    [channels, messages, person.id, read],
  );
}
