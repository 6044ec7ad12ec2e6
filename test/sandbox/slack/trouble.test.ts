import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebAPIHTTPError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Slack } from '../../../sandbox/slack/server.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { client, emptyWorld, refusal, section, startTestSlack } from './workspace.ts';

let slack: Slack;
let web: WebClient;
let world: World;

beforeEach(async () => {
  world = emptyWorld();
  slack = await startTestSlack(world);
  web = client(slack);
});

afterEach(async () => {
  await slack.close();
});

describe('time and trouble', () => {
  // When, is told by RateLimits itself.
  it('refuses who asks too often, with the seconds to wait, and answers other methods', async () => {
    const calls = await Promise.allSettled(Array.from({ length: 50 }, () => web.conversations.list()));

    const [first] = calls.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(first).toBeInstanceOf(WebAPIRateLimitedError);
    expect(first).toMatchObject({ retryAfter: expect.any(Number) });
    expect(first.retryAfter).toBeGreaterThan(0);
    expect((await web.auth.test()).ok).toBe(true);
  });

  it('answers what a fault says, or carries the call out and answers nothing', async () => {
    slack.interfere(({ method }) =>
      method === 'auth.test' ? { kind: 'status', status: 500 } : { kind: 'reset-after' },
    );

    const broken = web.auth.test();
    const posted = web.chat.postMessage({ channel: 'general', text: 'arrived' });

    await expect(broken).rejects.toBeInstanceOf(WebAPIHTTPError);
    await expect(posted).rejects.toThrow('fetch failed');
    expect(slack.workspace.messages('C0GENERAL')).toMatchObject([{ text: 'arrived' }]);
  });

  it.each([
    ['slack-rate-limited', 'rate-limit'],
    ['slack-errors', '500'],
  ] as const)('%s: no call does anything, and the next is answered when it is over', async (name, words) => {
    world.switchFault({ name }, true);

    const refused = web.chat.postMessage({ channel: 'general', text: 'lost' });

    await expect(refused).rejects.toThrow(words);
    world.switchFault({ name }, false);
    await web.chat.postMessage({ channel: 'general', text: 'arrived' });
    expect(slack.workspace.messages('C0GENERAL')).toMatchObject([{ text: 'arrived' }]);
  });

  it('slack-silent: a call is never answered, and nothing of it is done', async () => {
    const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
    slack.interfere(() => {
      hear();
      return undefined;
    });
    world.switchFault({ name: 'slack-silent' }, true);
    let answered = false;
    const answer = () => {
      answered = true;
    };

    web.chat.postMessage({ channel: 'general', text: 'lost' }).then(answer, answer);

    await heard;
    expect(slack.workspace.messages('C0GENERAL')).toEqual([]);
    world.switchFault({ name: 'slack-silent' }, false);
    await web.chat.postMessage({ channel: 'general', text: 'arrived' });
    expect(answered).toBe(false);
    expect(slack.workspace.messages('C0GENERAL').map(({ text }) => text)).toEqual(['arrived']);
  });

  it('takes a trigger once', async () => {
    const trigger_id = slack.workspace.triggers.issue('U0COMMANDER');
    const view = {
      type: 'modal' as const,
      title: { type: 'plain_text' as const, text: 'Abort' },
      blocks: [section('x')],
    };

    const opened = await web.views.open({ trigger_id, view });
    const again = await refusal(web.views.open({ trigger_id, view }));

    expect(opened.view).toMatchObject({ type: 'modal', blocks: [section('x')] });
    expect(again.error).toBe('exchanged_trigger_id');
  });

  it('tells a person when nobody is connected', async () => {
    const seen = await slack.workspace.command('requester', '#incident-response', '/dr');

    expect(seen).toEqual({
      outcome: 'failed',
      error: 'dispatch_failed',
      text: '/dr failed with the error "dispatch_failed"',
    });
    expect(slack.workspace.state.ephemerals).toMatchObject([{ to: 'U0REQUESTER', user: 'USLACKBOT' }]);
  });

  it('continues from the data it was saved as', async () => {
    await web.chat.postMessage({ channel: 'general', text: 'before' });
    const store = JSON.parse(JSON.stringify(slack.workspace.state));

    const again = await startTestSlack(emptyWorld(), { store });
    const posted = await client(again).chat.postMessage({ channel: 'general', text: 'after' });
    const texts = again.workspace.messages('C0GENERAL').map(({ text }) => text);
    await again.close();

    expect(texts).toEqual(['before', 'after']);
    expect(Number(posted.ts)).toBeGreaterThan(Number(store.messages.C0GENERAL[0].ts));
  });
});
