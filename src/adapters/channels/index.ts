import { Agent, request } from 'undici';
import { z } from 'zod';
import { Retryable } from '../../domain/errors.ts';
import { abortable } from '../deadline.ts';
import { unreachable } from '../failure.ts';

export interface ChannelSettings {
  /** Absent: no workspace is configured. */
  slack?: { apiUrl: string; botToken: string } | undefined;
  /** Replaces events.pagerduty.com: a host name, with a port if need be. */
  pagerDutyHost?: string | undefined;
}

/** What people are led and called through, asked whether it works. Nothing is posted, and nobody is paged. */
export interface Channels {
  /** Resolves when Slack takes the bot's token; throws Retryable with the reason. */
  slack(signal: AbortSignal): Promise<void>;
  /** Resolves when PagerDuty's Events API answers; throws Retryable with the reason. */
  pagerDuty(signal: AbortSignal): Promise<void>;
}

const SlackAnswer = z.object({ ok: z.boolean(), error: z.string().optional() });
const SERVER_ERROR = 500;
const THROTTLED = 429;

/** Without settings neither is asked: nothing is known of them. */
export function createChannels(settings?: ChannelSettings): Channels {
  const { slack, pagerDutyHost = 'events.pagerduty.com' } = settings ?? {};
  return {
    async slack(signal) {
      if (!slack) throw new Retryable('slack.not-configured', 'No Slack workspace is configured.');
      const { status, text } = await post('Slack', new URL('auth.test', slack.apiUrl).href, slack.botToken, signal);
      const answer = slackAnswer(text);
      if (status === 200 && answer?.ok) return;
      throw new Retryable('slack.unavailable', `Slack answered ${answer?.error ?? status}.`);
    },
    async pagerDuty(signal) {
      if (!settings) throw new Retryable('pagerduty.not-configured', 'PagerDuty is not configured.');
      // An empty event: a service that works refuses it, and pages nobody.
      const { status } = await post('PagerDuty', `https://${pagerDutyHost}/v2/enqueue`, undefined, signal);
      if (status < SERVER_ERROR && status !== THROTTLED) return;
      throw new Retryable('pagerduty.unavailable', `PagerDuty answered ${status}.`);
    },
  };
}

/** Undefined where something else than Slack answered. */
function slackAnswer(text: string): z.infer<typeof SlackAnswer> | undefined {
  try {
    return SlackAnswer.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function post(
  name: string,
  url: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  const dispatcher = new Agent();
  const ask = async () => {
    const { statusCode, body } = await request(url, {
      dispatcher,
      signal,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      body: '{}',
    });
    return { status: statusCode, text: await body.text() };
  };
  try {
    return await abortable(ask(), signal);
  } catch (error) {
    const sentence = `${name} cannot be reached.`;
    throw unreachable(error, name.toLowerCase(), name) ?? new Retryable('channel.failed', sentence, { cause: error });
  } finally {
    await dispatcher.destroy();
  }
}
