import type { WebClient } from '@slack/web-api';
import { describeError } from '../../domain/errors.ts';
import type { Logger } from '../../log.ts';
import { createChannels } from './channels.ts';
import type { SlackClients } from './clients.ts';
import { platformError, slackError } from './errors.ts';
import { type Content, createLadder } from './ladder.ts';

/** Marks a message as ours, so that it is found again: `key` is unique, the rest is payload. */
export interface ChatMetadata {
  eventType: string;
  key: string;
  [name: string]: string | number;
}

interface ChatContent extends Content {
  /** Channel id or name. */
  channel: string;
}

export interface PostedMessage {
  /** Always an id. */
  channel: string;
  ts: string;
}

/**
 * Messages in Slack. Every method throws Retryable (with `retryAfterMs` when Slack said it) or Permanent, repeats
 * nothing by itself, and sends the message's fallbacks, and at last text, instead of blocks that Slack refuses.
 */
export interface ChatPort {
  post(message: ChatContent & { threadTs?: string; metadata?: ChatMetadata }): Promise<PostedMessage>;
  /** Replaces text and blocks; the message keeps its metadata. */
  update(message: ChatContent & { ts: string }): Promise<void>;
  /** The newest of our messages with this key, among the last thousand of the channel or thread. */
  findByMetadata(query: {
    channel: string;
    threadTs?: string;
    eventType: string;
    key: string;
  }): Promise<(PostedMessage & { payload: Record<string, unknown> }) | undefined>;
  /** Seen by one person only, until they reload. */
  ephemeral(message: ChatContent & { user: string; threadTs?: string }): Promise<void>;
}

const PAGE = 200;
const MOST_PAGES = 5;

export function createChat(clients: SlackClients, logger: Logger): ChatPort {
  const { background, interactive } = clients;
  const channels = createChannels(background);
  const ladder = createLadder(logger);

  return {
    async post(message) {
      const { channel, threadTs, metadata } = message;
      const posted = await ladder.send(message, (blocks, text) =>
        background.chat.postMessage({
          channel,
          text,
          blocks,
          unfurl_links: false,
          unfurl_media: false,
          ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
          ...(metadata === undefined ? {} : { metadata: toWire(metadata) }),
        }),
      );
      const id = posted.channel ?? channel;
      channels.learn(channel, id);
      ladder.name(message, nameOf(id, posted.ts ?? ''));
      return { channel: id, ts: posted.ts ?? '' };
    },

    async update(message) {
      const channel = await channels.id(message.channel);
      const { ts } = message;
      await ladder.send(
        message,
        (blocks, text) => background.chat.update({ channel, ts, text, blocks }),
        nameOf(channel, ts),
      );
    },

    async findByMetadata({ channel, threadTs, eventType, key }) {
      const id = await channels.id(channel);
      try {
        return await find(background, id, threadTs, { eventType, key });
      } catch (error) {
        // A channel that the bot may post to without being in it cannot be read: then it is posted again.
        if (platformError(error) !== 'not_in_channel') throw slackError(error);
        logger.warn({ channel: id, reason: describeError(error) }, 'Channel cannot be read, invite the bot');
        return undefined;
      }
    },

    async ephemeral(message) {
      const { channel, user, threadTs } = message;
      await ladder.send(message, (blocks, text) =>
        interactive.chat.postEphemeral({
          channel,
          user,
          text,
          blocks,
          ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
        }),
      );
    },
  };
}

async function find(
  client: WebClient,
  channel: string,
  threadTs: string | undefined,
  wanted: { eventType: string; key: string },
): Promise<(PostedMessage & { payload: Record<string, unknown> }) | undefined> {
  let cursor: string | undefined;
  let found: (PostedMessage & { payload: Record<string, unknown> }) | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const window = { channel, limit: PAGE, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
    const answer =
      threadTs === undefined
        ? await client.conversations.history(window)
        : await client.conversations.replies({ ...window, ts: threadTs });
    for (const { ts, metadata } of answer.messages ?? []) {
      if (metadata?.event_type !== wanted.eventType || !ts) continue;
      const payload: Record<string, unknown> = { ...metadata.event_payload };
      if (payload.key === wanted.key) found = { channel, ts, payload };
    }
    cursor = answer.response_metadata?.next_cursor;
    if (found || !cursor) return found;
  }
  return found;
}

function nameOf(channel: string, ts: string): string {
  return `${channel}:${ts}`;
}

function toWire({ eventType, ...payload }: ChatMetadata) {
  return { event_type: eventType, event_payload: payload };
}
