import { event } from '@pagerduty/pdjs';
import { z } from 'zod';
import { Permanent, Retryable } from '../../domain/errors.ts';

/** Machine milliseconds after which one try ends; PagerDuty usually answers within one second. */
const TRY_MILLISECONDS = 8000;

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
  /** Throws Retryable (429, 5xx, network, no answer within 8 s) or Permanent (the event or the key is wrong). */
  send(page: PageEvent): Promise<void>;
}

const Answer = z.object({ status: z.string(), message: z.string().optional(), errors: z.array(z.string()).optional() });

/** `host` replaces events.pagerduty.com: a host name, with a port if need be; the library speaks https only. */
export function createPagerDutyEvents({ host }: { host?: string | undefined }): PagerDutyEvents {
  return {
    async send({ routingKey, action, dedupKey, summary, source, details }) {
      const request = event({
        ...(host === undefined ? {} : { server: host }),
        // The library's own requestTimeout aborts nothing.
        signal: AbortSignal.timeout(TRY_MILLISECONDS),
        data: {
          routing_key: routingKey,
          event_action: action,
          dedup_key: dedupKey,
          payload: { summary: summary.slice(0, 1024), source, severity: 'critical', custom_details: details },
        },
      });
      const { status, data } = await answerInTime(request);
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

/** The library waits 20 s before it repeats a 429, longer than a page may take: the deadline ends that too. */
async function answerInTime<T>(request: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TRY_MILLISECONDS / 1000} s`)), TRY_MILLISECONDS);
  });
  try {
    return await Promise.race([request, late]);
  } catch (error) {
    throw new Retryable('pagerduty.unreachable', 'PagerDuty did not answer; the page is sent again.', { cause: error });
  } finally {
    clearTimeout(timer);
    request.catch(() => undefined);
  }
}
