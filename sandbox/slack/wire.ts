import { APP, TEAM } from './app.ts';
import type { Channel, Message, Person } from './state.ts';

/** A message as Slack's answers and payloads carry it; metadata only where it was asked for. */
export function wireMessage(message: Message, withMetadata = false): Record<string, unknown> {
  const { ts, user, botId, text, blocks, metadata, threadTs, editedTs, reactions } = message;
  return {
    ...(botId !== undefined && { bot_id: botId, app_id: APP.id }),
    type: 'message',
    user,
    ts,
    text,
    team: TEAM.id,
    ...(blocks && { blocks }),
    ...(withMetadata && metadata && { metadata }),
    ...(threadTs !== undefined && { thread_ts: threadTs }),
    ...(editedTs !== undefined && { edited: { user, ts: editedTs } }),
    ...(reactions && { reactions: reactions.map(({ name, users }) => ({ name, users, count: users.length })) }),
  };
}

export function wireChannel(channel: Channel): Record<string, unknown> {
  const direct = channel.directTo !== undefined;
  return {
    id: channel.id,
    ...(direct ? { user: channel.directTo } : { name: channel.name, name_normalized: channel.name }),
    is_channel: !direct,
    is_im: direct,
    is_private: direct,
    is_archived: false,
    is_member: !direct,
    context_team_id: TEAM.id,
  };
}

export function wireUser({ id, name, realName }: Person): Record<string, unknown> {
  return {
    id,
    team_id: TEAM.id,
    name,
    real_name: realName,
    deleted: false,
    is_bot: false,
    tz: 'Etc/UTC',
    tz_offset: 0,
    profile: { real_name: realName, display_name: name },
  };
}
