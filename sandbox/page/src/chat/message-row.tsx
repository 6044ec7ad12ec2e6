import { memo } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import { AppBadge } from './app-badge.tsx';
import { authorOf } from './authors.ts';
import { Avatar } from './avatar.tsx';
import { isEphemeral, isReply, type Said } from './conversation.ts';
import { mentions } from './mentions.ts';
import { MessageBody } from './message-body.tsx';
import styles from './message-row.module.css';
import { Reactions } from './reactions.tsx';
import { ThreadLink } from './thread-link.tsx';
import { fullTime, isoTime, shortTime } from './times.ts';

export interface MessageRowProps {
  said: Said;
  /** Its heading is left out: the message above has the same one. */
  continued: boolean;
  person: Person;
  people: Person[];
  channels: Channel[];
  /** The thread that this row stands in; undefined: in the channel. */
  within?: string;
  /** Of the thread under it: how many replies, how many of them unread, who replied (ids, joined by blanks), and when last. */
  replies?: number;
  newReplies?: number;
  repliers?: string;
  lastReply?: string;
  onOpenThread?: (ts: string) => void;
}

/** One message. Its properties are values or keep their identity, so that one changed message redraws one row. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { said, continued, person, people, channels, within, onOpenThread } = props;
  const author = authorOf(said.user, people);
  const isWhisper = isEphemeral(said);
  const isNamed = said.user !== person.id && mentions(said, person.id);
  const answersThread = within === undefined && isReply(said);
  return (
    <article
      className={styles.row}
      aria-label={`${author.name}, ${shortTime(said.ts)} UTC${isWhisper ? ', only visible to you' : ''}${isNamed ? ', mentions you' : ''}`}
      tabIndex={-1}
      data-ts={said.ts}
      data-continued={continued || undefined}
      data-whisper={isWhisper || undefined}
      data-named={isNamed ? (said.blocks?.length ? 'blocks' : 'text') : undefined}
    >
      <div className={styles.gutter}>
        {continued ? <Time ts={said.ts} className={styles.gutterTime} isShort /> : <Avatar author={author} />}
      </div>
      <div className={styles.main}>
        {isWhisper && <OnlyToYou />}
        {answersThread && (
          <p className={styles.note}>
            replied to a{' '}
            <button
              type="button"
              className={styles.link}
              onClick={() => said.threadTs !== undefined && onOpenThread?.(said.threadTs)}
            >
              thread
            </button>
          </p>
        )}
        {!continued && (
          <p className={styles.heading}>
            <span className={styles.name}>{author.name}</span>
            {author.kind === 'app' && <AppBadge />}
            <Time ts={said.ts} className={styles.time} />
          </p>
        )}
        <MessageBody said={said} person={person} people={people} channels={channels} />
        {within !== undefined && said.broadcast && <p className={styles.note}>Also sent to the channel</p>}
        {said.reactions && <Reactions reactions={said.reactions} people={people} />}
        {props.replies !== undefined && props.lastReply !== undefined && (
          <ThreadLink
            ts={said.ts}
            replies={props.replies}
            newReplies={props.newReplies ?? 0}
            repliers={props.repliers ?? ''}
            lastReply={props.lastReply}
            people={people}
            {...(onOpenThread && { onOpen: onOpenThread })}
          />
        )}
      </div>
      {onOpenThread && !isWhisper && !isReply(said) && (
        <button
          type="button"
          className={styles.reply}
          aria-label={`Reply in thread to ${author.name}, ${shortTime(said.ts)} UTC`}
          title="Reply in thread"
          onClick={() => onOpenThread(said.ts)}
        >
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor">
            <path d="M2.5 3.5h11v7h-6l-3 2.5v-2.5h-2z" strokeWidth="1.4" strokeLinejoin="round" />
          </svg>
        </button>
      )}
    </article>
  );
});

/** Slack's own words and eye above what nobody else sees. */
function OnlyToYou() {
  return (
    <p className={`${styles.note} ${styles.whisper}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor">
        <path d="M1 8s2.6-4.5 7-4.5S15 8 15 8s-2.6 4.5-7 4.5S1 8 1 8z" strokeWidth="1.3" strokeLinejoin="round" />
        <circle cx="8" cy="8" r="2.1" strokeWidth="1.3" />
      </svg>
      Only visible to you
    </p>
  );
}

function Time({ ts, className, isShort = false }: { ts: string; className: string | undefined; isShort?: boolean }) {
  return (
    <time className={className} dateTime={isoTime(ts)} title={fullTime(ts)}>
      {shortTime(ts)}
      {!isShort && ' UTC'}
    </time>
  );
}
