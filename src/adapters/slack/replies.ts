import { replyMessage } from '../../blocks/reply.ts';
import { describeError, Permanent } from '../../domain/errors.ts';
import type { Logger } from '../../log.ts';
import type { Reply } from '../../usecases/reply.ts';
import type { ChatPort } from './chat.ts';

/** Machine milliseconds. */
const ANSWER_WITHIN = 4000;

/** Where an answer to one person goes. */
export interface ReplyAddress {
  channel: string;
  user: string;
  /** Slack's response_url: five uses within 30 minutes. */
  replyTo?: string;
}

/** Sends a reply that only this person sees: through the response URL, or, when that is spent, as an ephemeral message. */
export function createReplies(chat: Pick<ChatPort, 'ephemeral'>, logger: Logger) {
  return async ({ channel, user, replyTo }: ReplyAddress, reply: Reply): Promise<void> => {
    const message = replyMessage(reply);
    if (replyTo !== undefined) {
      try {
        await respond(replyTo, { ...message, response_type: 'ephemeral', replace_original: false });
        return;
      } catch (error) {
        logger.info({ reason: describeError(error) }, 'Response URL did not take the reply');
      }
    }
    await chat.ephemeral({ channel, user, ...message });
  };
}

async function respond(url: string, body: Record<string, unknown>): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN),
  });
  const said = await response.text();
  if (!response.ok) throw new Permanent('slack.response-url', `HTTP ${response.status}: ${said.slice(0, 100)}`);
}
