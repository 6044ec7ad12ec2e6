import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { KnownBlock } from '@slack/web-api';
import type { Slack } from '../../../sandbox/slack/server.ts';
import { type ChatPort, createChat } from '../../../src/adapters/slack/chat.ts';
import { createSlackClients } from '../../../src/adapters/slack/clients.ts';
import { section } from '../../../src/blocks/message.ts';
import { Permanent, Retryable } from '../../../src/domain/errors.ts';
import { createLogger } from '../../../src/log.ts';
import { INCIDENT_RESPONSE, startTestSlack } from '../../sandbox/slack/workspace.ts';

let slack: Slack;
let chat: ChatPort;
beforeEach(async () => {
  slack = await startTestSlack();
  chat = newChat();
});
afterEach(() => slack.close());

function newChat(): ChatPort {
  const logger = createLogger('silent');
  return createChat(createSlackClients(slack, logger), logger);
}

const channel = 'incident-response';
const blocks = [section('*State*: running')];
const eventType = 'lifeboat_message';

describe('a message', () => {
  test('is posted by the channel name, changed by its id, and keeps its metadata', async () => {
    const posted = await chat.post({
      channel,
      text: 'Board',
      blocks,
      metadata: { eventType, key: 'board', through: 7 },
    });

    await newChat().update({ ...posted, text: 'Board, changed', blocks });

    expect(posted.channel).toBe(INCIDENT_RESPONSE);
    expect(slack.workspace.messages(INCIDENT_RESPONSE)).toMatchObject([{ ts: posted.ts, text: 'Board, changed' }]);
    const found = await chat.findByMetadata({ channel, eventType, key: 'board' });
    expect(found).toEqual({ ...posted, payload: { key: 'board', through: 7 } });
  });

  test('in a thread is found there by a process that did not post it', async () => {
    const root = await chat.post({ channel, text: 'Board', blocks });
    const reply = await chat.post({
      channel,
      threadTs: root.ts,
      text: 'Step',
      blocks,
      metadata: { eventType, key: 'thread/3' },
    });

    const found = await newChat().findByMetadata({ channel, threadTs: root.ts, eventType, key: 'thread/3' });

    expect(found).toMatchObject(reply);
    expect(await newChat().findByMetadata({ channel, threadTs: root.ts, eventType, key: 'thread/4' })).toBeUndefined();
  });

  test('whose blocks Slack refuses is sent as text that says the same', async () => {
    const tooMany = Array.from({ length: 51 }, (_, index): KnownBlock => section(`Line ${index}`));

    await chat.post({ channel, text: 'Board', blocks: tooMany });

    const [message] = slack.workspace.messages(INCIDENT_RESPONSE);
    expect(message?.blocks).toBeUndefined();
    expect(message?.text).toMatch(/^Board\nLine 0\n[\s\S]*Line 50$/);
  });
});

describe('an error of Slack', () => {
  test.each([
    ['429', { kind: 'status', status: 429, retryAfter: 7 }, Retryable, 'slack.rate-limited', 7000],
    ['503', { kind: 'status', status: 503 }, Retryable, 'slack.unreachable', undefined],
    ['a lost answer', { kind: 'reset-after' }, Retryable, 'slack.unreachable', undefined],
  ] as const)(
    '%s is worth another try, which nobody makes behind our back',
    async (_what, fault, kind, code, after) => {
      const calls: string[] = [];
      slack.interfere(({ method }) => {
        calls.push(method);
        return fault;
      });

      const error: unknown = await chat.post({ channel, text: 'x', blocks }).catch((reason: unknown) => reason);

      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({ code, retryAfterMs: after });
      expect(calls).toEqual(['chat.postMessage']);
    },
  );

  test('a throttled method holds back no other', async () => {
    slack.interfere(({ method }) =>
      method === 'chat.update' ? { kind: 'status', status: 429, retryAfter: 60 } : undefined,
    );
    const { channel: id, ts } = await chat.post({ channel, text: 'x', blocks });
    await expect(chat.update({ channel: id, ts, text: 'y', blocks })).rejects.toThrow('Slack asks to wait 60 s.');

    await chat.post({ channel, text: 'z', blocks });

    expect(slack.workspace.messages(INCIDENT_RESPONSE).map(({ text }) => text)).toEqual(['x', 'z']);
  });

  test('a channel that does not exist is told with what to do', async () => {
    const error: unknown = await chat
      .post({ channel: 'nowhere', text: 'x', blocks })
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(Permanent);
    expect(error).toMatchObject({
      code: 'slack.channel_not_found',
      message: expect.stringMatching(/invite @Lifeboat/),
    });
  });
});
