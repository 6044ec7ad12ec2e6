import * as chat from './chat.ts';
import * as conversations from './conversations.ts';
import type { Method } from './method.ts';
import * as people from './people.ts';
import * as views from './views.ts';

/** Every method that the simulated Web API answers; any other is `unknown_method`. */
export const METHODS: Record<string, Method> = {
  'apps.connections.open': people.connectionsOpen,
  'auth.test': people.authTest,
  'chat.delete': chat.remove,
  'chat.postEphemeral': chat.postEphemeral,
  'chat.postMessage': chat.postMessage,
  'chat.update': chat.update,
  'conversations.history': conversations.history,
  'conversations.info': conversations.info,
  'conversations.list': conversations.list,
  'conversations.replies': conversations.replies,
  'reactions.add': people.reactionsAdd,
  'users.info': people.usersInfo,
  'views.open': views.open,
  'views.push': views.push,
  'views.update': views.update,
};
