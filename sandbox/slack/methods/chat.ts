import { z } from 'zod';
import { APP } from '../app.ts';
import type { Message } from '../state.ts';
import { joinThread } from '../threads.ts';
import { wireMessage } from '../wire.ts';
import type { Workspace } from '../workspace.ts';
import { content, readBlocks, readMetadata, readText } from './content.ts';
import { channelOf, flag, type Method, personOf, Refusal, read } from './method.ts';

const Post = z.object({
  channel: z.string().min(1),
  thread_ts: z.string().optional(),
  reply_broadcast: flag.optional(),
  ...content,
});

export const postMessage: Method = {
  token: 'bot',
  scope: 'chat:write',
  // "Several hundred messages per minute" a workspace; besides, one a second a channel, see rate-limits.ts.
  perMinute: 300,
  mutating: true,
  run({ workspace, args }) {
    const post = read(Post, args);
    const channel = post.channel.startsWith('U')
      ? workspace.directChannel(personOf(workspace, post.channel))
      : channelOf(workspace, post.channel);
    const blocks = readBlocks(post.blocks);
    if (!post.text && !blocks?.length && post.attachments === undefined) throw new Refusal('no_text');
    const metadata = readMetadata(post.metadata);
    const threadTs = post.thread_ts === undefined ? undefined : threadRoot(workspace, channel.id, post.thread_ts);
    const message = workspace.post({
      channel: channel.id,
      user: APP.botUserId,
      botId: APP.botId,
      text: readText(post.text),
      ...(blocks?.length && { blocks }),
      ...(metadata && { metadata }),
      ...(threadTs !== undefined && { threadTs }),
      ...(threadTs !== undefined && post.reply_broadcast && { broadcast: true }),
    });
    return { channel: channel.id, ts: message.ts, message: wireMessage(message, true) };
  },
};

const Update = z.object({ channel: z.string().min(1), ts: z.string().min(1), ...content });

export const update: Method = {
  token: 'bot',
  scope: 'chat:write',
  perMinute: 50,
  mutating: true,
  run({ workspace, args }) {
    const change = read(Update, args);
    const channel = channelOf(workspace, change.channel);
    const message = own(workspace, channel.id, change.ts, 'cant_update_message');
    const blocks = readBlocks(change.blocks);
    const metadata = readMetadata(change.metadata);
    if (change.text === undefined && blocks === undefined && change.attachments === undefined) {
      throw new Refusal('no_text');
    }
    // A text without blocks replaces the blocks; blocks without a text leave the text as it was.
    if (blocks?.length) message.blocks = blocks;
    else if (blocks || change.text !== undefined) delete message.blocks;
    if (change.text !== undefined) message.text = readText(change.text);
    if (metadata) message.metadata = metadata;
    if (metadata === null) delete message.metadata;
    // Slack marks a message as edited only when its text was changed, not its blocks.
    if (!blocks) message.editedTs = workspace.nextTs();
    workspace.changed(message);
    return { channel: channel.id, ts: message.ts, text: message.text, message: wireMessage(message, true) };
  },
};

const Whisper = z.object({
  channel: z.string().min(1),
  user: z.string().min(1),
  thread_ts: z.string().optional(),
  ...content,
});

export const postEphemeral: Method = {
  token: 'bot',
  scope: 'chat:write',
  perMinute: 100,
  mutating: true,
  run({ workspace, args }) {
    const post = read(Whisper, args);
    const channel = channelOf(workspace, post.channel);
    const to = workspace.state.people.find(({ id }) => id === post.user);
    if (!to || (channel.directTo !== undefined && channel.directTo !== to.id)) throw new Refusal('user_not_in_channel');
    const blocks = readBlocks(post.blocks);
    if (!post.text && !blocks?.length && post.attachments === undefined) throw new Refusal('no_text');
    const message = workspace.whisper({
      channel: channel.id,
      to: to.id,
      user: APP.botUserId,
      botId: APP.botId,
      text: readText(post.text),
      ...(blocks?.length && { blocks }),
      ...(post.thread_ts !== undefined && { threadTs: post.thread_ts }),
    });
    return { message_ts: message.ts };
  },
};

const Delete = z.object({ channel: z.string().min(1), ts: z.string().min(1) });

export const remove: Method = {
  token: 'bot',
  scope: 'chat:write',
  perMinute: 50,
  mutating: true,
  run({ workspace, args }) {
    const { channel: id, ts } = read(Delete, args);
    const channel = channelOf(workspace, id);
    workspace.remove(own(workspace, channel.id, ts, 'cant_delete_message'));
    return { channel: channel.id, ts };
  },
};

/** The app's own message; an ephemeral one is not found, as on Slack. */
function own(workspace: Workspace, channel: string, ts: string, otherwise: string): Message {
  const message = workspace.message(channel, ts);
  if (!message) throw new Refusal('message_not_found');
  if (message.user !== APP.botUserId) throw new Refusal(otherwise);
  return message;
}

/** Slack refuses a reply to nothing. */
function threadRoot(workspace: Workspace, channel: string, ts: string): string {
  const root = joinThread(workspace, channel, ts);
  if (root === undefined) throw new Refusal('thread_not_found');
  return root;
}
