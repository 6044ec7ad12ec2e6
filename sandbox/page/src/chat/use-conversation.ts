import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Ephemeral, Message, Person } from '../../../slack/state.ts';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';
import { channelTimeline, type Said, type ThreadSummary, threadSummaries, threadTimeline } from './conversation.ts';
import { unreadReplies } from './unread.ts';

const NO_MESSAGES: Message[] = [];

/** Everything said in a channel, replies included. */
export function useMessages(channel: string): Message[] {
  return useSnapshot((snapshot) => snapshot.messages[channel]) ?? NO_MESSAGES;
}

/** What only this person sees of a channel; it keeps its identity while others are whispered to. */
function useWhispers(channel: string, person: Person): Ephemeral[] {
  return useSnapshot(
    useShallow((snapshot) => snapshot.ephemerals.filter((one) => one.to === person.id && one.channel === channel)),
  );
}

export function useChannelTimeline(channel: string, person: Person): Said[] {
  const messages = useMessages(channel);
  const whispers = useWhispers(channel, person);
  return useMemo(
    () => channelTimeline(messages, whispers, channel, person.id),
    [messages, whispers, channel, person.id],
  );
}

export function useThreadTimeline(channel: string, thread: string, person: Person): Said[] {
  const messages = useMessages(channel);
  const whispers = useWhispers(channel, person);
  return useMemo(
    () => threadTimeline(messages, whispers, { channel, ts: thread }, person.id),
    [messages, whispers, channel, thread, person.id],
  );
}

/** The threads of a channel, and what this person has not read in those that they looked into. */
export function useThreads(channel: string, person: Person): ReadonlyMap<string, ThreadSummary & { unread: number }> {
  const messages = useMessages(channel);
  const read = useSession((state) => state.read);
  return useMemo(() => {
    const threads = [...threadSummaries(messages)].map(([ts, summary]) => {
      const unread = unreadReplies(messages, ts, person.id, read[`${person.id}/${channel}/${ts}`]);
      return [ts, { ...summary, unread }] as const;
    });
    return new Map(threads);
  }, [messages, read, channel, person.id]);
}
