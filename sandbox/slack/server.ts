import Fastify from 'fastify';
import type { World } from '../world/world.ts';
import { httpDelivery } from './http-delivery.ts';
import { type Interfere, interferenceOf } from './interference.ts';
import { serveResponseUrls } from './response-urls.ts';
import { SocketDelivery } from './socket-delivery.ts';
import { createSlackState, type Person, type SlackState } from './state.ts';
import { Triggers } from './triggers.ts';
import { serveWebApi } from './web-api.ts';
import { Workspace } from './workspace.ts';

export interface SlackOptions {
  people: Person[];
  /** Names without `#`; the app is a member of each. */
  channels: string[];
  /** The plain data that the workspace lives in; by default a part of the world's state, and saved with it. */
  store?: SlackState;
  /** 0 or absent: any free port. A fixed one lets a bot that runs on find the workspace again. */
  port?: number;
  /** Scopes of the bot's token; absent: all. */
  scopes?: string[];
  /** Deliver to this URL, signed, instead of over Socket Mode. */
  requestUrl?: string;
  /** Machine milliseconds that the app has to acknowledge, and to use a trigger id; absent: Slack's three seconds. */
  answerWithin?: number;
}

export interface Slack {
  /** For `slackApiUrl`: ends in `/api/`. */
  apiUrl: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  workspace: Workspace;
  socket: SocketDelivery;
  /** Faults of Slack besides those of the world: asked before every call; `undefined` ends them. */
  interfere(hook: Interfere | undefined): void;
  close(): Promise<void>;
}

const TOKENS = {
  bot: 'xoxb-sandbox-0000000000-lifeboat',
  app: 'xapp-1-A0LIFEBOAT-0000000000-sandbox',
  signingSecret: '5a4d4b0c5afe0000000000005a4d4b0c',
};

/** Starts the simulated Slack on 127.0.0.1: Web API, Socket Mode, response URLs, and a workspace with people in it. */
export async function startSlack(world: World, options: SlackOptions): Promise<Slack> {
  const { requestUrl, answerWithin } = options;
  const socket = new SocketDelivery(answerWithin);
  const delivery = requestUrl === undefined ? socket : httpDelivery(requestUrl, TOKENS.signingSecret, answerWithin);
  const state = options.store ?? world.state.slack ?? createSlackState(options.people, options.channels);
  world.state.slack = state;
  const workspace = new Workspace(world.clock, state, delivery, new Triggers(answerWithin));
  for (const person of state.people) workspace.directChannel(person);
  let interfere: Interfere | undefined;
  const interfering: Interfere = (call) => interfere?.(call) ?? interferenceOf(world);

  const app = Fastify({ logger: false, bodyLimit: 2 ** 20, forceCloseConnections: true });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  serveWebApi(app, {
    world,
    workspace,
    socket,
    tokens: TOKENS,
    ...(options.scopes && { scopes: options.scopes }),
    interfere: interfering,
  });
  serveResponseUrls(app, workspace, interfering);
  app.server.on('upgrade', (request, connection, head) => socket.upgrade(request, connection, head));
  workspace.origin = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });

  return {
    apiUrl: `${workspace.origin}/api/`,
    botToken: TOKENS.bot,
    appToken: TOKENS.app,
    signingSecret: TOKENS.signingSecret,
    workspace,
    socket,
    interfere(hook) {
      interfere = hook;
    },
    async close() {
      await socket.close();
      await app.close();
    },
  };
}
