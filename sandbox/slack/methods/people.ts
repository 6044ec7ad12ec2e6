import { z } from 'zod';
import { APP } from '../app.ts';
import { wireUser } from '../wire.ts';
import { channelOf, type Method, personOf, Refusal, read } from './method.ts';

export const authTest: Method = {
  token: 'bot',
  perMinute: 300,
  mutating: false,
  run({ workspace }) {
    const { team } = workspace.state;
    return {
      url: `https://${team.domain}.slack.com/`,
      team: team.name,
      user: 'lifeboat',
      team_id: team.id,
      user_id: APP.botUserId,
      bot_id: APP.botId,
      is_enterprise_install: false,
    };
  },
};

export const connectionsOpen: Method = {
  token: 'app',
  scope: 'connections:write',
  perMinute: 50,
  mutating: false,
  run({ workspace, socket }) {
    const origin = workspace.origin.replace(/^http/, 'ws');
    return { url: `${origin}/link/?ticket=${socket.ticket()}&app_id=${APP.id}` };
  },
};

export const usersInfo: Method = {
  token: 'bot',
  scope: 'users:read',
  perMinute: 100,
  mutating: false,
  run({ workspace, args }) {
    const { user } = read(z.object({ user: z.string().min(1) }), args);
    return { user: wireUser(personOf(workspace, user)) };
  },
};

const Reaction = z.object({ channel: z.string().min(1), timestamp: z.string().min(1), name: z.string().min(1) });

export const reactionsAdd: Method = {
  token: 'bot',
  scope: 'reactions:write',
  perMinute: 50,
  mutating: true,
  run({ workspace, args }) {
    const { channel: id, timestamp, name } = read(Reaction, args);
    const message = workspace.message(channelOf(workspace, id).id, timestamp);
    if (!message) throw new Refusal('message_not_found');
    message.reactions ??= [];
    let reaction = message.reactions.find((candidate) => candidate.name === name);
    if (!reaction) {
      reaction = { name, users: [] };
      message.reactions.push(reaction);
    }
    if (reaction.users.includes(APP.botUserId)) throw new Refusal('already_reacted');
    reaction.users.push(APP.botUserId);
    workspace.changed(message);
    return {};
  },
};
