import { useMemo } from 'react';
import type { Channel, Person } from '../../../slack/state.ts';
import { useSession } from '../session.ts';
import { useSnapshot } from '../store.ts';

/** Who is typing. */
export function usePerson(): Person {
  const people = useSnapshot((snapshot) => snapshot.people);
  const chosen = useSession((state) => state.person);
  const person = people.find(({ id }) => id === chosen) ?? people[0];
  if (!person) throw new Error('there is nobody in this workspace');
  return person;
}

/** The channels that this person sees, with their own direct messages last. */
export function useChannels(person: Person): Channel[] {
  const channels = useSnapshot((snapshot) => snapshot.channels);
  return useMemo(() => {
    const open = channels.filter(({ directTo }) => directTo === undefined);
    return [...open, ...channels.filter(({ directTo }) => directTo === person.id)];
  }, [channels, person.id]);
}

/** The channel that is open; somebody else's direct messages become one's own. */
export function useOpenChannel(channels: Channel[]): Channel {
  const all = useSnapshot((snapshot) => snapshot.channels);
  const chosen = useSession((state) => state.channel);
  const wasDirect = all.find(({ id }) => id === chosen)?.directTo !== undefined;
  const channel =
    channels.find(({ id }) => id === chosen) ??
    (wasDirect ? channels.find(({ directTo }) => directTo !== undefined) : undefined) ??
    channels[0];
  if (!channel) throw new Error('there is no channel in this workspace');
  return channel;
}
