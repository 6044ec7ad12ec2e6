import type { Person } from '../../../slack/state.ts';
import { authorOf } from './authors.ts';
import { Avatar } from './avatar.tsx';
import styles from './thread-link.module.css';
import { fullTime, shortTime } from './times.ts';

interface ThreadLinkProps {
  /** `ts` of the thread's first message. */
  ts: string;
  replies: number;
  newReplies: number;
  /** Ids, joined by blanks. */
  repliers: string;
  lastReply: string;
  people: Person[];
  onOpen?: (ts: string) => void;
}

/** "N replies, last reply …" under the first message of a thread. */
export function ThreadLink({ ts, replies, newReplies, repliers, lastReply, people, onOpen }: ThreadLinkProps) {
  return (
    <button type="button" className={styles.link} data-thread={ts} onClick={() => onOpen?.(ts)}>
      <span className={styles.faces}>
        {repliers
          .split(' ')
          .slice(0, 4)
          .map((id) => (
            <Avatar key={id} author={authorOf(id, people)} size="small" />
          ))}
      </span>
      <span className={styles.count}>{replies === 1 ? '1 reply' : `${replies} replies`}</span>
      {newReplies > 0 && <span className={styles.fresh}>{newReplies} new</span>}
      <span className={styles.last} title={fullTime(lastReply)}>
        Last reply {shortTime(lastReply)} UTC
      </span>
    </button>
  );
}
