import { useEffect, useRef } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { APP_AUTHOR } from './authors.ts';
import { Composer } from './composer/composer.tsx';
import { type ListHandle, MessageList } from './message-list.tsx';
import styles from './pane.module.css';
import { useThreadTimeline } from './use-conversation.ts';

/** A thread beside its channel, or over it where there is no room. */
export function ThreadPane({ channel, thread, person }: { channel: Channel; thread: string; person: Person }) {
  const people = useSnapshot((snapshot) => snapshot.people);
  const channels = useSnapshot((snapshot) => snapshot.channels);
  const setSession = useSession((state) => state.set);
  const timeline = useThreadTimeline(channel.id, thread, person);
  const list = useRef<ListHandle>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const name = channel.directTo === undefined ? `#${channel.name}` : APP_AUTHOR.name;

  useEffect(() => {
    const before = document.activeElement;
    // After a reload nobody has asked for it: then the focus stays where it is.
    if (before !== document.body) title.current?.focus({ preventScroll: true });
    return () => {
      // Back to what opened it, once the channel is there again.
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        document.querySelector<HTMLElement>(`[data-thread="${CSS.escape(thread)}"]`)?.focus({ preventScroll: true });
      });
    };
  }, [thread]);

  const close = () => setSession({ thread: undefined });
  return (
    <section
      className={styles.pane}
      data-pane="thread"
      aria-label={`Thread in ${name}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        close();
      }}
    >
      <header className={styles.header}>
        <h2 ref={title} className={styles.title} tabIndex={-1}>
          Thread <span className={styles.where}>{name}</span>
        </h2>
        <button type="button" className={styles.close} aria-label="Close the thread" title="Close" onClick={close}>
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" stroke="currentColor" strokeWidth="1.6">
            <path d="m3 3 10 10M13 3 3 13" />
          </svg>
        </button>
      </header>
      <MessageList
        label={`Replies in the thread in ${name}`}
        timeline={timeline}
        person={person}
        people={people}
        channels={channels}
        place={`${channel.id}/${thread}`}
        within={thread}
        handle={list}
      />
      <Composer
        key={`${person.id}/${thread}`}
        person={person}
        channel={channel}
        thread={thread}
        label="Reply…"
        onSent={() => list.current?.toEnd()}
      />
    </section>
  );
}
