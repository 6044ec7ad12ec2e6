import { useEffect, useState } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import { authorOf } from './authors.ts';
import { isEphemeral, type Said } from './conversation.ts';
import { plainWords } from './plain-words.ts';

interface AnnouncerProps {
  timeline: Said[];
  conversation: string;
  person: Person;
  people: Person[];
  channels: Channel[];
}

/** Longer ones are read in the list. */
const SPOKEN_LENGTH = 300;

/** Says what others add to the conversation that is open, by its text; not what is changed in place. */
export function Announcer({ timeline, conversation, person, people, channels }: AnnouncerProps) {
  const newest = timeline.at(-1)?.ts ?? '';
  const [heard, setHeard] = useState({ conversation, ts: newest, words: '' });
  useEffect(() => {
    if (heard.conversation === conversation && newest <= heard.ts) return;
    const isOther = heard.conversation !== conversation;
    const added = isOther ? [] : timeline.filter(({ ts, user }) => ts > heard.ts && user !== person.id);
    const words = added.map((said) => {
      const whisper = isEphemeral(said) ? 'Only visible to you. ' : '';
      const text = plainWords(said.text, people, channels).slice(0, SPOKEN_LENGTH);
      return `${authorOf(said.user, people).name}: ${whisper}${text}`;
    });
    setHeard({ conversation, ts: newest, words: words.join('\n') });
  }, [timeline, newest, conversation, heard, person.id, people, channels]);
  return (
    <div className="hidden-text" role="status">
      {heard.words}
    </div>
  );
}
