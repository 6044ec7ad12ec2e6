import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest, IncomingMessage } from 'node:http';

/** Names one call, so that its answer is told from those of others to the same host. */
export const CALL_HEADER = 'X-Request-Id';

/** Published by Node for each answer: https://nodejs.org/api/diagnostics_channel.html#http */
const ANSWERED = 'http.client.response.finish';

/**
 * Calls back when the call of this id is answered with 429, which PagerDuty's library keeps to itself, with the
 * milliseconds of Retry-After (undefined when there is none). Returns how to stop listening.
 */
export function onThrottled(call: string, onAnswer: (retryAfterMs: number | undefined) => void): () => void {
  const listen = (message: unknown) => {
    const { request, response } = message as { request?: unknown; response?: unknown };
    if (!(request instanceof ClientRequest) || !(response instanceof IncomingMessage)) return;
    if (String(request.getHeader(CALL_HEADER)) !== call || response.statusCode !== 429) return;
    onAnswer(readRetryAfter(response.headers['retry-after']));
  };
  subscribe(ANSWERED, listen);
  return () => void unsubscribe(ANSWERED, listen);
}

/** Milliseconds of a Retry-After header, seconds or a date; undefined when there is none or it is neither. */
function readRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
