import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { LifeboatError, Permanent, Retryable } from '../../domain/errors.ts';

/** Slack's own errors that pass by themselves. */
const TRANSIENT: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
]);

/** Slack's errors that a person can mend, with what to do. https://docs.slack.dev/reference/methods/chat.postMessage */
const ADVICE: Record<string, string> = {
  account_inactive: 'Slack: the bot was removed from the workspace. Install the app again.',
  channel_not_found: 'Slack: the channel does not exist or is private. Create it, or invite @Lifeboat.',
  invalid_auth: 'Slack: the token is not valid. Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN.',
  is_archived: 'Slack: the channel is archived. Unarchive it, or set INCIDENT_CHANNEL.',
  missing_scope: 'Slack: the app lacks a scope. Install it again with manifest.yml.',
  not_in_channel: 'Slack: the bot is not in the channel. Invite @Lifeboat.',
  restricted_action: 'Slack: the workspace does not let the bot post there. Ask an administrator.',
  token_revoked: 'Slack: the token was revoked. Install the app again.',
};

/**
 * Slack did not accept the blocks: the same message may be sent with others, or as text. The last two are what
 * chat.update says of blocks that may not replace those which stand there, and of a message that is too long altogether.
 */
const BLOCKS_REFUSED: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'block_mismatch',
  'msg_too_long',
]);

export interface BlocksRefusal {
  code: string;
  /** What Slack said of them, for the log. */
  said: string[];
  /** Kinds of blocks that Slack says it does not support. */
  unknownTypes: string[];
}

/** Why Slack did not accept the blocks of a message; undefined when they are not what went wrong. */
export function blocksRefusal(error: unknown): BlocksRefusal | undefined {
  const code = platformError(error);
  if (code === undefined || !BLOCKS_REFUSED.has(code)) return undefined;
  const said = error instanceof WebAPIPlatformError ? (error.data.response_metadata?.messages ?? []) : [];
  const unknownTypes = said.flatMap((line) => /unsupported type: (\w+)/.exec(line)?.[1] ?? []);
  return { code, said: said.slice(0, 5), unknownTypes };
}

/** The error code of Slack's answer, when it was Slack that refused. */
export function platformError(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** Any error of the Slack client as Retryable (with Slack's own time to wait) or Permanent. */
export function slackError(error: unknown): LifeboatError {
  if (error instanceof LifeboatError) return error;
  if (error instanceof WebAPIRateLimitedError) {
    const options = { cause: error, retryAfterMs: error.retryAfter * 1000 };
    return new Retryable('slack.rate-limited', `Slack asks to wait ${error.retryAfter} s.`, options);
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    const message = ADVICE[code] ?? `Slack refused: ${code}.`;
    const cause = { cause: error };
    return TRANSIENT.has(code)
      ? new Retryable(`slack.${code}`, message, cause)
      : new Permanent(`slack.${code}`, message, cause);
  }
  if (error instanceof WebAPIHTTPError && error.statusCode < 500 && error.statusCode !== 429) {
    return new Permanent('slack.http', `Slack answered with HTTP ${error.statusCode}.`, { cause: error });
  }
  if (error instanceof WebAPIHTTPError || error instanceof WebAPIRequestError) {
    return new Retryable('slack.unreachable', 'Slack does not answer.', { cause: error });
  }
  return new Permanent('slack.unexpected', 'Slack could not be asked.', { cause: error });
}
