import { z } from 'zod';
import type { Message } from '../state.ts';
import { wireChannel, wireMessage } from '../wire.ts';
import { channelOf, count, flag, type Method, Refusal, read } from './method.ts';

const window = {
  channel: z.string().min(1),
  cursor: z.string().optional(),
  oldest: z.coerce.number().default(0),
  latest: z.coerce.number().default(Number.POSITIVE_INFINITY),
  inclusive: flag.default(false),
  include_all_metadata: flag.default(false),
};
const History = z.object({ ...window, limit: count(100, 999) });
const Replies = z.object({ ...window, ts: z.string().min(1), limit: count(1000, 1000) });

export const history: Method = {
  token: 'bot',
  scope: 'channels:history',
  perMinute: 50,
  mutating: false,
  run({ workspace, args }) {
    const query = read(History, args);
    const channel = channelOf(workspace, query.channel);
    const shown = workspace
      .messages(channel.id)
      .filter(({ ts, threadTs, broadcast }) => threadTs === undefined || threadTs === ts || broadcast)
      .filter(within(query))
      .reverse();
    return page(shown, query, (message) =>
      withThread(message, workspace.messages(channel.id), query.include_all_metadata),
    );
  },
};

export const replies: Method = {
  token: 'bot',
  scope: 'channels:history',
  perMinute: 50,
  mutating: false,
  run({ workspace, args }) {
    const query = read(Replies, args);
    const channel = channelOf(workspace, query.channel);
    const root = workspace.message(channel.id, query.ts);
    if (!root) throw new Refusal('thread_not_found');
    const all = workspace.messages(channel.id);
    const thread = all.filter(({ ts, threadTs }) => ts === query.ts || threadTs === (root.threadTs ?? root.ts));
    // The first message always comes along, whatever the window.
    const shown = thread.filter((message) => message.ts === root.ts || within(query)(message));
    return page(shown, query, (message) => withThread(message, all, query.include_all_metadata));
  },
};

export const info: Method = {
  token: 'bot',
  scope: 'channels:read',
  perMinute: 50,
  mutating: false,
  run({ workspace, args }) {
    const { channel } = read(z.object({ channel: z.string().min(1) }), args);
    return { channel: wireChannel(channelOf(workspace, channel)) };
  },
};

const List = z.object({
  cursor: z.string().optional(),
  limit: count(100, 999),
  types: z.string().default('public_channel'),
});

export const list: Method = {
  token: 'bot',
  scope: 'channels:read',
  perMinute: 20,
  mutating: false,
  run({ workspace, args }) {
    const query = read(List, args);
    const types = query.types.split(',').map((type) => type.trim());
    const shown = workspace.state.channels.filter(({ directTo }) => types.includes(directTo ? 'im' : 'public_channel'));
    const { messages, ...rest } = page(shown, query, wireChannel);
    return { channels: messages, ...rest };
  },
};

function within(query: { oldest: number; latest: number; inclusive: boolean }): (message: Message) => boolean {
  return ({ ts }) => {
    const at = Number(ts);
    return query.inclusive ? at >= query.oldest && at <= query.latest : at > query.oldest && at < query.latest;
  };
}

/** One page; the cursor is the position, wrapped as Slack's opaque cursors are. */
function page<T>(items: T[], query: { cursor?: string | undefined; limit: number }, wire: (item: T) => unknown) {
  const from = query.cursor ? Number(Buffer.from(query.cursor, 'base64').toString().replace('next:', '')) : 0;
  if (!Number.isInteger(from)) throw new Refusal('invalid_cursor');
  const to = from + query.limit;
  const more = to < items.length;
  const next = more ? Buffer.from(`next:${to}`).toString('base64') : '';
  return { messages: items.slice(from, to).map(wire), has_more: more, response_metadata: { next_cursor: next } };
}

function withThread(message: Message, all: Message[], metadata: boolean): Record<string, unknown> {
  const answers = all.filter(({ ts, threadTs }) => threadTs === message.ts && ts !== message.ts);
  const latest = answers.at(-1);
  return { ...wireMessage(message, metadata), ...(latest && { reply_count: answers.length, latest_reply: latest.ts }) };
}
