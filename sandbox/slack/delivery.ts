export type EnvelopeType = 'slash_commands' | 'interactive';

/** What became of a payload within Slack's three seconds (machine time). */
export type DeliveryResult =
  | { acknowledged: true; body: Record<string, unknown> }
  /** `dispatch_failed`: nobody was connected, or the answer was no success; `operation_timeout`: no answer in time. */
  | { acknowledged: false; error: 'dispatch_failed' | 'operation_timeout' };

/** The way from Slack to the app: Socket Mode, or signed requests to a URL. */
export interface Delivery {
  deliver(type: EnvelopeType, payload: Record<string, unknown>): Promise<DeliveryResult>;
}

/** How long the app may take to acknowledge, in machine milliseconds. */
export const ACKNOWLEDGE_WITHIN = 3000;

/** The body of an acknowledgement: an object, a bare text, or nothing. */
export function acknowledgementBody(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
    return typeof body === 'string' && body !== '' ? { text: body } : {};
  } catch {
    return { text };
  }
}
