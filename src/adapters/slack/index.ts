import type { RequestListener } from 'node:http';
import { App, HTTPReceiver, type Receiver } from '@slack/bolt';
import type { SlackConfig } from '../../config.ts';
import { describeError, Permanent, Retryable } from '../../domain/errors.ts';
import type { Logger } from '../../log.ts';
import type { Dispatcher } from '../../usecases/dispatch.ts';
import { type ChatPort, createChat } from './chat.ts';
import { clientOptions, createSlackClients } from './clients.ts';
import { slackError } from './errors.ts';
import { listenToButtons, listenToCommand, listenToModals } from './listeners.ts';
import { slackLogger } from './logger.ts';
import { createReplies } from './replies.ts';
import { SocketReceiver } from './socket-receiver.ts';

/** Where Slack calls in HTTP mode; also in manifest.yml. */
export const SLACK_PATH = '/slack/events';

export interface SlackAdapter {
  chat: ChatPort;
  /** Undefined, or a sentence that says why Slack cannot reach this process. */
  ready(): Promise<string | undefined>;
  /** HTTP mode only: answers `POST /slack/events`, signature checked; whoever listens hands requests over. */
  requestListener: RequestListener | undefined;
  close(): Promise<void>;
}

const START_TIMEOUT = 5000;

/**
 * Connects the dispatcher to a workspace: over Socket Mode, or as a request listener. Throws Permanent when Slack
 * refuses a token; when Slack only does not answer, it goes on trying in the background.
 */
export async function startSlackAdapter(parts: {
  config: SlackConfig;
  dispatcher: Dispatcher;
  logger: Logger;
}): Promise<SlackAdapter> {
  const { config, dispatcher, logger } = parts;
  const clients = createSlackClients(config, logger);
  const chat = createChat(clients, logger);
  const reply = createReplies(chat, logger);
  const self = await identify(clients.interactive, logger);
  const sockets = config.mode === 'socket' ? new SocketReceiver({ ...config, logger }) : undefined;
  const http =
    config.mode === 'http'
      ? new HTTPReceiver({
          signingSecret: config.signingSecret,
          endpoints: SLACK_PATH,
          logger: slackLogger(logger),
        })
      : undefined;
  const receiver: Receiver | undefined = sockets ?? http;
  if (!receiver) throw new Permanent('slack.mode', 'Slack is configured neither for Socket Mode nor for HTTP.');
  const app = new App({
    receiver,
    // Known already: Bolt's own way asks Slack before it hands the first payload over.
    authorize: async () => ({ botToken: config.botToken, ...self }),
    clientOptions: clientOptions(config.apiUrl, START_TIMEOUT, logger),
    logger: slackLogger(logger),
    convoStore: false,
  });
  app.error(async (error) => {
    logger.error({ err: error }, 'Slack listener failed');
  });
  const listeners = { dispatcher, client: clients.interactive, reply, logger };
  listenToCommand(app, listeners);
  listenToButtons(app, listeners);
  listenToModals(app, listeners);
  dispatcher.replyThrough('slack', reply);
  try {
    await sockets?.start();
  } catch (error) {
    await sockets?.stop();
    throw error;
  }
  return {
    chat,
    ready: async () => (sockets && !sockets.connected ? 'Slack is not connected.' : undefined),
    requestListener: http?.requestListener,
    close: async () => {
      await sockets?.stop();
    },
  };
}

/** Who the bot is in this workspace; unknown while Slack does not answer. */
async function identify(
  client: ReturnType<typeof createSlackClients>['interactive'],
  logger: Logger,
): Promise<{ botId?: string; botUserId?: string }> {
  try {
    const { bot_id: botId, user_id: botUserId } = await client.auth.test();
    return { ...(botId ? { botId } : {}), ...(botUserId ? { botUserId } : {}) };
  } catch (error) {
    const known = slackError(error);
    if (!(known instanceof Retryable)) {
      throw new Permanent(known.code, `SLACK_BOT_TOKEN cannot be used. ${known.message}`, { cause: error });
    }
    logger.warn({ reason: describeError(known) }, 'Slack does not answer, connecting goes on');
    return {};
  }
}
