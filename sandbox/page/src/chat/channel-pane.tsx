import { useRef } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { AppBadge } from './app-badge.tsx';
import { APP_AUTHOR } from './authors.ts';
import { Avatar } from './avatar.tsx';
import { Composer } from './composer/composer.tsx';
import { type ListHandle, MessageList } from './message-list.tsx';
import styles from './pane.module.css';
import { useChannelTimeline, useThreads } from './use-conversation.ts';

/** The open channel: its name, what is said in it, and where to write. */
export function ChannelPane({ channel, person }: { channel: Channel; person: Person }) {
  const people = useSnapshot((snapshot) => snapshot.people);
  const channels = useSnapshot((snapshot) => snapshot.channels);
  const setSession = useSession((state) => state.set);
  const timeline = useChannelTimeline(channel.id, person);
  const threads = useThreads(channel.id, person);
  const list = useRef<ListHandle>(null);
  const isDirect = channel.directTo !== undefined;
  const name = isDirect ? APP_AUTHOR.name : `#${channel.name}`;
  const { current: openThread } = useRef((ts: string) => setSession({ thread: ts }));
  return (
    <section className={styles.pane} data-pane="channel" aria-label={isDirect ? `Direct messages with ${name}` : name}>
      <header className={styles.header}>
        {isDirect && <Avatar author={APP_AUTHOR} size="small" />}
        <h2 className={styles.title}>
          {!isDirect && <span className={styles.hash}># </span>}
          {isDirect ? name : channel.name}
        </h2>
        {isDirect && <AppBadge />}
      </header>
      <MessageList
        label={isDirect ? `Direct messages with ${name}` : `Messages in ${name}`}
        timeline={timeline}
        person={person}
        people={people}
        channels={channels}
        place={channel.id}
        threads={threads}
        onOpenThread={openThread}
        beginning={<Beginning channel={channel} person={person} />}
        handle={list}
      />
      <Composer
        key={`${person.id}/${channel.id}`}
        person={person}
        channel={channel}
        label={`Message ${name}`}
        onSent={() => list.current?.toEnd()}
      />
    </section>
  );
}

function Beginning({ channel, person }: { channel: Channel; person: Person }) {
  if (channel.directTo !== undefined) {
    return (
      <p className={styles.beginning}>
        This conversation is between {person.realName} and {APP_AUTHOR.name}. Commands work here, too:{' '}
        <code>/dr help</code>. {APP_AUTHOR.name} reads commands only, not messages.
      </p>
    );
  }
  return (
    <p className={styles.beginning}>
      This is the beginning of <b>#{channel.name}</b>.
    </p>
  );
}
