import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { SlackConfig } from '../../config.ts';
import type { Logger } from '../../log.ts';
import { slackLogger } from './logger.ts';

/** Machine milliseconds: a trigger is good for three seconds, and a person waits. */
const INTERACTIVE_TIMEOUT = 2500;
const BACKGROUND_TIMEOUT = 10_000;

export interface SlackClients {
  /** For what a person waits for: modals, ephemeral answers. */
  interactive: WebClient;
  /** For boards, cards and threads. */
  background: WebClient;
}

/**
 * Two clients, because a throttled client holds back everything that goes through it. Neither repeats a call by
 * itself: after an answer that got lost only the caller knows whether a message exists.
 */
export function createSlackClients(config: Pick<SlackConfig, 'botToken' | 'apiUrl'>, logger: Logger): SlackClients {
  const create = (timeout: number) => new WebClient(config.botToken, clientOptions(config.apiUrl, timeout, logger));
  return { interactive: create(INTERACTIVE_TIMEOUT), background: create(BACKGROUND_TIMEOUT) };
}

/** Options of every client of Slack's SDK in this process. `timeout` in machine milliseconds. */
export function clientOptions(apiUrl: string, timeout: number, logger: Logger): WebClientOptions {
  return {
    slackApiUrl: apiUrl,
    timeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: slackLogger(logger),
  };
}
