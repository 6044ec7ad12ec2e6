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
