import type { ChatPort } from '../adapters/slack/chat.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, Permanent, type Retryable } from '../domain/errors.ts';
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

/**
 * Looks for a message of ours that may have been posted before a crash. Where looking can never succeed (a private
 * channel that is known by its name only, a scope that is missing) it answers that there is none: a board that stands
 * there twice is better than no board. Throws Retryable when Slack may answer later.
 */
export async function findOurs(
  { chat, logger }: Pick<SlackProjectionParts, 'chat' | 'logger'>,
  query: { channel: string; threadTs?: string; key: string },
): ReturnType<ChatPort['findByMetadata']> {
  try {
    return await chat.findByMetadata({ ...query, eventType: MESSAGE_EVENT });
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    logger.warn(
      { channel: query.channel, message: query.key, reason: describeError(error) },
      'Slack channel cannot be searched, a message may be posted twice',
    );
    return undefined;
  }
}
