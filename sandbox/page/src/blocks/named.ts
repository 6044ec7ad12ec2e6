import { APP } from '../../../slack/app.ts';
import type { Channel, Person } from '../../../slack/state.ts';

/** Who and what may be mentioned. */
export interface Named {
  people: Person[];
  channels: Channel[];
}

/** What a person is called, or the app itself; else what the mention says, and at last the id. */
export function personNamed(id: string, label: string | undefined, { people }: Named): string {
  const person = people.find((candidate) => candidate.id === id);
  return person?.realName ?? (id === APP.botUserId ? APP.name : undefined) ?? label ?? id;
}

/** What a channel is called, without `#`. */
export function channelNamed(id: string, label: string | undefined, { channels }: Named): string {
  return channels.find((candidate) => candidate.id === id)?.name ?? label ?? id;
}
