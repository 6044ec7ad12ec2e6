import { type ReactNode, type RefObject, useImperativeHandle, useMemo } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import { useSession } from '../session.ts';
import { Announcer } from './announcer.tsx';
import type { Said, ThreadSummary } from './conversation.ts';
import { Divider } from './divider.tsx';
import styles from './message-list.module.css';
import { MessageRow } from './message-row.tsx';
import { groupsOf, likelyHeight, type Row, rowsOf } from './rows.ts';
import { useDrawnGroups } from './use-drawn-groups.ts';
import { useNews } from './use-news.ts';
import { usePlace } from './use-place.ts';
import { useReveal } from './use-reveal.ts';

/** What a pane may ask of its list. */
export interface ListHandle {
  toEnd(): void;
}

interface MessageListProps {
  /** Read out: `Messages in #general`. */
  label: string;
  timeline: Said[];
  person: Person;
  people: Person[];
  channels: Channel[];
  /** Under which `session.ts` keeps what was read: the channel, or `<channel>/<thread>`. */
  place: string;
  /** `ts` of the thread that this is a list of. */
  within?: string;
  threads?: ReadonlyMap<string, ThreadSummary & { unread: number }>;
  onOpenThread?: (ts: string) => void;
  /** What stands above the first message. */
  beginning?: ReactNode;
  handle: RefObject<ListHandle | null>;
}

const NO_THREADS: ReadonlyMap<string, ThreadSummary & { unread: number }> = new Map();

/** A conversation, oldest first, with the reader's place in it kept. */
export function MessageList(props: MessageListProps) {
  const { label, timeline, person, people, channels, place, within, threads = NO_THREADS, onOpenThread } = props;
  const reader = usePlace(`${person.id}/${place}`);
  const { list, content, follows, toEnd } = reader;
  const { newAfter, below } = useNews(person.id, place, timeline, follows);
  useImperativeHandle(props.handle, () => ({ toEnd }), [toEnd]);
  const withThread = useMemo(() => new Set(threads.keys()), [threads]);
  const all = useMemo(() => {
    const rows = rowsOf(timeline, {
      ...(newAfter !== undefined && { newAfter }),
      withThread,
      ...(within !== undefined && { thread: within }),
    });
    return groupsOf(rows);
  }, [timeline, newAfter, withThread, within]);
  const wish = useSession((state) => (within === undefined ? state.reveal?.ts : undefined));
  const { groups, earlier, hasEarlier } = useDrawnGroups(all, `${person.id}/${place}`, reader, wish);
  useReveal(reader, within === undefined);

  const rowOf = (row: Row) => {
    if (row.kind !== 'message') return <Divider key={row.key} row={row} />;
    const { said } = row;
    const thread = within === undefined ? threads.get(said.ts) : undefined;
    return (
      <MessageRow
        key={row.key}
        said={said}
        continued={row.continued}
        person={person}
        people={people}
        channels={channels}
        {...(within !== undefined && { within })}
        {...(thread && {
          replies: thread.replies,
          newReplies: thread.unread,
          repliers: thread.people.join(' '),
          lastReply: thread.last,
        })}
        {...(onOpenThread && { onOpenThread })}
      />
    );
  };

  return (
    <div className={styles.frame}>
      {/* What is new is announced beside it: read out as it changes, a board would never fall silent. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too. */}
      <div ref={list} className={styles.list} role="log" aria-live="off" aria-label={label} tabIndex={0}>
        <div ref={content} className={styles.content}>
          {hasEarlier ? <div ref={earlier} className={styles.earlier} /> : props.beginning}
          {groups.map((group) => (
            <div
              key={group.key}
              className={styles.group}
              style={{ containIntrinsicSize: `auto ${likelyHeight(group)}px` }}
            >
              {group.rows.map(rowOf)}
            </div>
          ))}
        </div>
      </div>
      {below > 0 && (
        <button type="button" className={styles.toEnd} onClick={toEnd}>
          {below === 1 ? '1 new message' : `${below} new messages`}
          <span aria-hidden="true"> ↓</span>
        </button>
      )}
      <Announcer
        timeline={timeline}
        conversation={`${person.id}/${place}`}
        person={person}
        people={people}
        channels={channels}
      />
    </div>
  );
}
