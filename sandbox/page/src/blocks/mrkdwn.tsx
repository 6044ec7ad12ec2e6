import type { Channel, Person } from '../../../slack/state.ts';

/** Slack's mrkdwn as elements; never HTML. */
export function Mrkdwn({ text }: { text: string; people: Person[]; channels: Channel[] }) {
  return <span>{text}</span>;
}
