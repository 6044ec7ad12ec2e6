import { createHmac } from 'node:crypto';
import { ACKNOWLEDGE_WITHIN, acknowledgementBody, type Delivery, type EnvelopeType } from './delivery.ts';

/**
 * Delivers to a request URL as Slack does without Socket Mode: a form, signed with the app's signing secret over
 * machine time. Slash commands are plain fields; everything else is JSON in the field `payload`.
 */
export function httpDelivery(
  requestUrl: string,
  signingSecret: string,
  acknowledgeWithin = ACKNOWLEDGE_WITHIN,
): Delivery {
  return {
    async deliver(type, payload) {
      const body = form(type, payload).toString();
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
      try {
        const response = await fetch(requestUrl, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'x-slack-request-timestamp': timestamp,
            'x-slack-signature': `v0=${signature}`,
          },
          body,
          signal: AbortSignal.timeout(acknowledgeWithin),
        });
        const text = await response.text();
        if (!response.ok) return { acknowledged: false, error: 'dispatch_failed' };
        return { acknowledged: true, body: acknowledgementBody(text) };
      } catch (error) {
        const late = error instanceof Error && error.name === 'TimeoutError';
        return { acknowledged: false, error: late ? 'operation_timeout' : 'dispatch_failed' };
      }
    },
  };
}

function form(type: EnvelopeType, payload: Record<string, unknown>): URLSearchParams {
  if (type === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) });
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(payload)) fields.set(name, String(value));
  return fields;
}
