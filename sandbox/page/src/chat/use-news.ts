import { useEffect, useState } from 'react';
import { useSession } from '../session.ts';
import type { Said } from './conversation.ts';

interface News {
  /** What is newer than this stands below the line "New"; undefined: there is no line. */
  newAfter: string | undefined;
  /** Messages of others below the place where the person reads. */
  below: number;
}

/**
 * Marks a conversation as read while its newest message is followed, and says what is new in it: since it was opened,
 * or since the person looked elsewhere. `place` is what `session.ts` keeps the mark under, after the person.
 */
export function useNews(person: string, place: string, timeline: Said[], follows: boolean): News {
  const seen = useSession((state) => state.read[`${person}/${place}`]);
  const markRead = useSession((state) => state.markRead);
  const conversation = `${person}/${place}`;
  const [line, setLine] = useState({ conversation, newAfter: undefined as string | undefined });
  const newest = timeline.at(-1)?.ts;

  // Somebody who comes back to the end finds the line above what they missed.
  const [didFollow, setDidFollow] = useState(false);
  const isElsewhere = line.conversation !== conversation;
  if (isElsewhere || follows !== didFollow) {
    setDidFollow(follows);
    const missed = follows && seen !== undefined && timeline.some(({ ts, user }) => ts > seen && user !== person);
    if (missed) setLine({ conversation, newAfter: seen });
    else if (isElsewhere) setLine({ conversation, newAfter: undefined });
  }

  useEffect(() => {
    if (follows && newest !== undefined) markRead(person, place, newest);
  }, [follows, newest, person, place, markRead]);

  const below = follows ? 0 : timeline.filter(({ ts, user }) => ts > (seen ?? '') && user !== person).length;
  return { newAfter: isElsewhere ? undefined : line.newAfter, below };
}
