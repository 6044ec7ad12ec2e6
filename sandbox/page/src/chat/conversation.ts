import type { Ephemeral, Message } from '../../../slack/state.ts';

/** What stands in a conversation: said to everybody, or to one person. */
export type Said = Message | Ephemeral;

/** The thread under one message, as its channel tells of it. */
export interface ThreadSummary {
  replies: number;
  /** `ts` of the newest reply. */
  last: string;
  /** Who replied, each once, in order of their first reply. */
  people: string[];
}

export function isEphemeral(said: Said): said is Ephemeral {
  return 'to' in said;
}

/** True for a reply that stands in its thread; the first message of a thread stands in the channel. */
export function isReply({ ts, threadTs }: Said): boolean {
  return threadTs !== undefined && threadTs !== ts;
}

/** What this person sees in a channel, oldest first: no replies but those that were also sent to the channel. Pure. */
export function channelTimeline(messages: Message[], ephemerals: Ephemeral[], channel: string, person: string): Said[] {
  const whispers = ephemerals.filter((one) => one.channel === channel && one.to === person && !isReply(one));
  return merge(
    messages.filter((message) => !isReply(message) || message.broadcast === true),
    whispers,
  );
}

/** What this person sees in a thread, oldest first, its first message included. Pure. */
export function threadTimeline(
  messages: Message[],
  ephemerals: Ephemeral[],
  thread: { channel: string; ts: string },
  person: string,
): Said[] {
  const whispers = ephemerals.filter(
    (one) => one.channel === thread.channel && one.to === person && one.threadTs === thread.ts && isReply(one),
  );
  return merge(
    messages.filter(({ ts, threadTs }) => ts === thread.ts || threadTs === thread.ts),
    whispers,
  );
}

/** The threads of a channel, by the `ts` of their first message. Pure. */
export function threadSummaries(messages: Message[]): Map<string, ThreadSummary> {
  const threads = new Map<string, ThreadSummary>();
  for (const message of messages) {
    const { threadTs, ts, user } = message;
    if (threadTs === undefined || !isReply(message)) continue;
    const known = threads.get(threadTs);
    if (known) {
      known.replies += 1;
      known.last = ts;
      if (!known.people.includes(user)) known.people.push(user);
    } else threads.set(threadTs, { replies: 1, last: ts, people: [user] });
  }
  return threads;
}

/** Both lists are in order already: a channel has many messages, and few whispers. */
function merge(messages: Message[], whispers: Ephemeral[]): Said[] {
  if (whispers.length === 0) return messages;
  return [...messages, ...whispers].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}
