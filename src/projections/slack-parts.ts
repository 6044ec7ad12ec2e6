import type { ChatPort } from '../adapters/slack/chat.ts';
import type { Clock } from '../domain/clock.ts';
import type { Retryable } from '../domain/errors.ts';
import type { Store } from '../engine/ports.ts';
import type { Logger } from '../log.ts';

/** Slack: a live message is updated at most once in three seconds (docs.slack.dev/ai/developing-agents). */
export const UPDATE_INTERVAL = 3000;

/** The metadata event type by which a message of ours is found again after a crash. */
export const MESSAGE_EVENT = 'lifeboat_message';

export interface SlackProjectionParts {
  store: Store;
  chat: ChatPort;
  clock: Clock;
  logger: Logger;
}

/** Machine milliseconds that Slack asked to wait, at least one update interval. */
export function retryAfter(error: Retryable): number {
  return Math.max(UPDATE_INTERVAL, error.retryAfterMs ?? 0);
}
