import type { World } from '../world/world.ts';

/** What a fault makes of one call to the Web API or to a response URL. */
export type Interference =
  /** Answered with this status and nothing done: 429 (with `retryAfter` seconds), 500, 503. */
  | { kind: 'status'; status: number; retryAfter?: number }
  /** Answered with 200 and this error of Slack's, and nothing done: a workspace that lacks something. */
  | { kind: 'refuse'; error: string; messages?: string[] }
  /** Never answered, nothing done. */
  | { kind: 'hang' }
  /** Carried out, and the connection is reset before the answer. */
  | { kind: 'reset-after' };

export interface InterferableCall {
  /** `chat.postMessage`, or `response_url`. */
  method: string;
  args: Record<string, unknown>;
}

/** Asked before every call; `undefined` lets it pass. */
export type Interfere = (call: InterferableCall) => Interference | undefined;

/** Machine seconds that Slack asks to wait. */
const RETRY_AFTER = 5;

/** What the world's faults make of every call. */
export function interferenceOf(world: World): Interference | undefined {
  if (world.isOn('slack-silent')) return { kind: 'hang' };
  if (world.isOn('slack-rate-limited')) return { kind: 'status', status: 429, retryAfter: RETRY_AFTER };
  if (world.isOn('slack-errors')) return { kind: 'status', status: 500 };
  return undefined;
}
