import type { Channel, Message } from '../../../slack/state.ts';
import { isReply } from './conversation.ts';
import { mentions } from './mentions.ts';

export interface Unread {
  /** Messages of others that this person has not seen in the channel; replies in threads do not count, as in Slack. */
  count: number;
  /** Those of them that name the person; in direct messages, all. */
  mentions: number;
}

export const NOTHING_UNREAD: Unread = { count: 0, mentions: 0 };

/** What a channel says of itself in the list; `seen` is the newest `ts` that the person saw there. Pure. */
export function unreadIn(channel: Channel, messages: Message[], person: string, seen = ''): Unread {
  const unread = unseen(messages, person, seen).filter((message) => !isReply(message) || message.broadcast === true);
  if (unread.length === 0) return NOTHING_UNREAD;
  const named = channel.directTo === undefined ? unread.filter((message) => mentions(message, person)) : unread;
  return { count: unread.length, mentions: named.length };
}

/** How many replies of others in a thread this person has not seen, once they looked into it. Pure. */
export function unreadReplies(messages: Message[], thread: string, person: string, seen: string | undefined): number {
  if (seen === undefined) return 0;
  return unseen(messages, person, seen).filter((message) => isReply(message) && message.threadTs === thread).length;
}

/** Messages are in order, and what is unread is at the end. */
function unseen(messages: Message[], person: string, seen: string): Message[] {
  const from = messages.findLastIndex(({ ts }) => ts <= seen) + 1;
  return messages.slice(from).filter(({ user }) => user !== person);
}
