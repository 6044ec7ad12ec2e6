import type { ControlEvent, Snapshot } from '../../sandbox/control/wire.ts';
import type { Message, Person } from '../../sandbox/slack/state.ts';
import type { Call } from '../../sandbox/world/state.ts';
import type { GalleryItem } from '../gallery/item.ts';

/** World milliseconds between two messages, and between two calls. */
const MESSAGES_APART = 20_000;
const CALLS_APART = 250;
/** Of so many messages one is of the bot, with its blocks; one of so many has a thread below it. */
const BOT_EVERY = 3;
const THREAD_EVERY = 20;

const SAYINGS = [
  'Users in us-east-1 see errors since a few minutes, support has three tickets.',
  'I am on it. Is somebody looking at the *database*?',
  'The replica was at 2 s when it was last seen, so `us-west-2` should be fine.',
  'Please keep this channel to the incident; questions go to <#C0GENERAL|general>.',
  'ok',
  '<@U0APPROVER> could you look at the plan? It is quoted here:\n> promote the replica, then move the DNS record\nNothing else is waiting.',
];

/** Message number `index` of a crowded channel: of one of the people, or one that the bot really sends. Pure. */
export function messageAt(index: number, at: number, snapshot: Snapshot, bot: GalleryItem[]): Message {
  const channel = snapshot.channels[0]?.id ?? '';
  const ts = tsOf(at);
  const drawn = index % BOT_EVERY === 0 ? bot[(index / BOT_EVERY) % bot.length] : undefined;
  if (drawn) {
    const { text, blocks } = drawn.message;
    return { ts, channel, user: 'U0LIFEBOAT', botId: 'B0LIFEBOAT', text, ...(blocks.length > 0 && { blocks }) };
  }
  const author = snapshot.people[index % snapshot.people.length] as Person;
  return { ts, channel, user: author.id, text: SAYINGS[index % SAYINGS.length] ?? '' };
}

/** The world of `snapshot`, in which so many messages were said and so many calls were made before now. Pure. */
export function crowded(snapshot: Snapshot, items: GalleryItem[], messages: number, calls: number): Snapshot {
  const bot = items.filter(({ kind }) => kind === 'message' || kind === 'thread');
  const from = snapshot.clock.now - messages * MESSAGES_APART;
  const said = Array.from({ length: messages }, (_, index) =>
    messageAt(index, from + index * MESSAGES_APART, snapshot, bot),
  );
  const replies = said
    .filter((_, index) => index % THREAD_EVERY === 0)
    .map(
      ({ ts, channel }): Message => ({
        ts: tsOf(Number(ts) * 1000 + 1),
        channel,
        user: snapshot.people[0]?.id ?? '',
        text: 'Seen.',
        threadTs: ts,
      }),
    );
  const channel = snapshot.channels[0]?.id ?? '';
  const all = [...said, ...replies].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  const first = snapshot.clock.now - calls * CALLS_APART;
  return {
    ...snapshot,
    messages: { ...snapshot.messages, [channel]: all },
    calls: Array.from({ length: calls }, (_, index) => callAt(index, first + index * CALLS_APART, snapshot)),
  };
}

/** Call number `index`, as one was made in the recorded world. Pure. */
export function callAt(index: number, at: number, { calls }: Snapshot): Call {
  const call = calls[index % calls.length];
  if (!call) throw new Error('no call was recorded');
  return { ...call, at };
}

/** What the sandbox sends every half second, whatever happens. Pure. */
export function tick(snapshot: Snapshot, now: number): ControlEvent {
  return { type: 'world', clock: { ...snapshot.clock, now }, picture: snapshot.picture };
}

/** Slack's name of a message: seconds, with six digits behind the point. */
function tsOf(at: number): string {
  return (at / 1000).toFixed(6);
}
