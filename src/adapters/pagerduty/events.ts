import { randomUUID } from 'node:crypto';
import { event } from '@pagerduty/pdjs';
import { z } from 'zod';
import { Permanent, Retryable } from '../../domain/errors.ts';
import { CALL_HEADER, onThrottled } from './throttled.ts';

/** Machine milliseconds after which one try ends; PagerDuty usually answers within one second. */
const TRY_MILLISECONDS = 8000;
/** The library repeats a 429 by itself after this, 20 s unless told; the try has ended by then, and its timer goes. */
const LIBRARY_PAUSE = 1000;

export interface PageEvent {
  routingKey: string;
  action: 'trigger' | 'resolve';
  /** At most 255 characters; PagerDuty opens one alert per key, however often it is sent. */
  dedupKey: string;
  summary: string;
  /** What is affected: the system's name. */
  source: string;
  details: Record<string, string>;
}

/** PagerDuty's Events API v2. `send` resolves on 202, which means accepted, not that anybody was reached. */
export interface PagerDutyEvents {
  /**
   * Throws Retryable (429, then with `retryAfterMs` when PagerDuty said it, 5xx, network, no answer within 8 s) or
   * Permanent (the event or the key is wrong).
   */
  send(page: PageEvent): Promise<void>;
}

const Answer = z.object({ status: z.string(), message: z.string().optional(), errors: z.array(z.string()).optional() });

/** `host` replaces events.pagerduty.com: a host name, with a port if need be; the library speaks https only. */
export function createPagerDutyEvents({ host }: { host?: string | undefined }): PagerDutyEvents {
  return {
    async send({ routingKey, action, dedupKey, summary, source, details }) {
      const call = randomUUID();
      const ended = new AbortController();
      const request = event({
        ...(host === undefined ? {} : { server: host }),
        headers: { [CALL_HEADER]: call },
        // The library's own timeout aborts nothing, and its timer outlives the call.
        requestTimeout: 0,
        retryTimeout: LIBRARY_PAUSE,
        signal: ended.signal,
        data: {
          routing_key: routingKey,
          event_action: action,
          dedup_key: dedupKey,
          payload: { summary: summary.slice(0, 1024), source, severity: 'critical', custom_details: details },
        },
      });
      const { status, data } = await answerOf(request, call).finally(() => ended.abort());
      if (status === 202) return;
      const parsed = Answer.safeParse(data);
      const said = parsed.success
        ? [parsed.data.message, ...(parsed.data.errors ?? [])].filter(Boolean).join(': ')
        : '';
      if (status === 429 || status >= 500) {
        throw new Retryable('pagerduty.unavailable', `PagerDuty answered ${status}; the page is sent again.`);
      }
      throw new Permanent(
        'pagerduty.refused',
        `PagerDuty refused the page (${status}${said ? `, ${said}` : ''}); check the routing key of this tier.`,
      );
    },
  };
}

/** What was answered, unless a 429 or the deadline ends the try: the library would repeat the one and not the other. */
async function answerOf<T>(request: Promise<T>, call: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let stopListening = () => {};
  const cutShort = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TRY_MILLISECONDS / 1000} s`)), TRY_MILLISECONDS);
    stopListening = onThrottled(call, (retryAfterMs) => {
      const options = retryAfterMs === undefined ? {} : { retryAfterMs };
      reject(new Retryable('pagerduty.throttled', 'PagerDuty answered 429; the page is sent again.', options));
    });
  });
  try {
    return await Promise.race([request, cutShort]);
  } catch (error) {
    if (error instanceof Retryable) throw error;
    throw new Retryable('pagerduty.unreachable', 'PagerDuty did not answer; the page is sent again.', { cause: error });
  } finally {
    clearTimeout(timer);
    stopListening();
    request.catch(() => undefined);
  }
}
