import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { KnownBlock } from '@slack/web-api';
import type { Slack } from '../../../sandbox/slack/server.ts';
import { type ChatPort, createChat } from '../../../src/adapters/slack/chat.ts';
import { createSlackClients } from '../../../src/adapters/slack/clients.ts';
import { board } from '../../../src/blocks/board.ts';
import { buttons, type Message, section } from '../../../src/blocks/message.ts';
import { createLogger } from '../../../src/log.ts';
import { INCIDENT_RESPONSE, startTestSlack } from '../../sandbox/slack/workspace.ts';
import { approved, DETECTED, declared, plannedStep, planWith, runStarted, stateAfter } from '../../support/incident.ts';

let slack: Slack;
/** Kinds of blocks of each call that carried some, in order; `text` when it carried none. */
let asked: string[];
beforeEach(async () => {
  slack = await startTestSlack();
  asked = [];
});
afterEach(() => slack.close());

const channel = 'incident-response';

/** A process of its own: what it learned of Slack dies with it. */
function newChat(): ChatPort {
  const logger = createLogger('silent');
  return createChat(createSlackClients(slack, logger), logger);
}

/** Slack, as it answers blocks of which `refuse` says an error; everything else is carried out. */
function slackThatRefuses(refuse: (types: string[]) => { error: string; messages?: string[] } | undefined): void {
  slack.interfere(({ method, args }) => {
    if (method !== 'chat.postMessage' && method !== 'chat.update') return undefined;
    const blocks = JSON.parse(typeof args.blocks === 'string' ? args.blocks : '[]') as KnownBlock[];
    const types = [...new Set(blocks.map(({ type }) => type))];
    asked.push(types.includes('plan') ? 'plan' : types.length > 0 ? 'sections' : 'text');
    const answer = refuse(types);
    return answer && { kind: 'refuse', ...answer };
  });
}

const plan = planWith([plannedStep('fence', { title: 'Stop writes' }), plannedStep('promote')]);
const running = (reason: string): Message =>
  board(
    stateAfter({ ...declared, reason } as typeof declared, { type: 'plan.created', plan }, approved, runStarted, {
      type: 'step.started',
      runId: 'INC-1.r1',
      step: 'fence',
      attempt: 1,
      operationId: 'o',
    }),
    {},
    DETECTED + 60_000,
  );
const messages = () => slack.workspace.messages(INCIDENT_RESPONSE);

describe('a workspace that does not know plan blocks', () => {
  const unknown = ['unsupported type: plan [json-pointer:/blocks/3/type]'];

  test.each([
    ['says so', { error: 'invalid_blocks', messages: unknown }],
    ['does not say why', { error: 'invalid_blocks' }],
  ])('and %s gets sections instead, and is not asked again in any message', async (_case, answer) => {
    slackThatRefuses((types) => (types.includes('plan') ? answer : undefined));
    const chat = newChat();

    const first = await chat.post({ channel, ...running('one') });
    await chat.update({ ...first, ...running('two') });
    await chat.post({ channel, ...running('three') });

    expect(asked).toEqual(['plan', 'sections', 'sections', 'sections']);
    expect(messages()).toHaveLength(2);
    expect(JSON.stringify(messages()[0]?.blocks)).toContain('🔄 running: Stop writes');
    expect(JSON.stringify(messages()[0]?.blocks)).toContain('dr:abort:INC-1 --yes');
  });

  test('is asked again by a process that has just started: it may have learned them', async () => {
    let knows = false;
    slackThatRefuses((types) => (types.includes('plan') && !knows ? { error: 'invalid_blocks' } : undefined));
    const posted = await newChat().post({ channel, ...running('one') });
    knows = true;

    await newChat().update({ ...posted, ...running('two') });

    expect(asked).toEqual(['plan', 'sections', 'plan']);
    expect(messages()[0]?.blocks?.some(({ type }) => type === 'plan')).toBe(true);
  });
});

describe('a workspace that refuses every block', () => {
  test.each(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long'])(
    'with %s gets text that says the same and how to type what the buttons would do, and is not asked again at once',
    async (error) => {
      slackThatRefuses((types) => (types.length > 0 ? { error } : undefined));
      const chat = newChat();

      const posted = await chat.post({ channel, ...running('users see errors') });
      await chat.update({ ...posted, ...running('still') });

      expect(asked).toEqual(['plan', 'sections', 'text', 'text']);
      const [message] = messages();
      expect(message?.blocks).toBeUndefined();
      expect(message?.text).toContain('Nobody has to do anything now.');
      expect(message?.text).toContain('• Abort: `/dr abort INC-1 --yes`');
      expect(message?.text).toContain('🔄 running: Stop writes');
      expect(message?.text).toContain('still');
    },
  );

  test('but has one message that is too long keeps plans for the others', async () => {
    slackThatRefuses((types) =>
      types.includes('plan') && asked.length < 2 ? { error: 'msg_blocks_too_long' } : undefined,
    );
    const chat = newChat();
    const first = await chat.post({ channel, ...running('one') });

    await chat.update({ ...first, ...running('two') });
    await chat.post({ channel: 'general', ...running('three') });

    expect(asked).toEqual(['plan', 'sections', 'sections', 'plan']);
  });

  test('may refuse what replaces other blocks: the update goes on below', async () => {
    const chat = newChat();
    const posted = await chat.post({ channel, text: 'x', blocks: [section('x')] });
    slackThatRefuses((types) => (types.includes('plan') ? { error: 'block_mismatch' } : undefined));

    await chat.update({ ...posted, ...running('one') });

    expect(asked).toEqual(['plan', 'sections']);
  });
});

describe('text instead of blocks', () => {
  test('keeps the commands when the rest has to be cut', async () => {
    slackThatRefuses((types) => (types.length > 0 ? { error: 'invalid_blocks' } : undefined));
    const blocks = [
      section('long '.repeat(500)),
      section('longer '.repeat(400)),
      buttons([{ verb: 'approve', args: 'INC-1.p1', label: 'Approve' }]),
    ];

    await newChat().post({ channel, text: 'Plan', blocks });

    const text = messages()[0]?.text ?? '';
    expect(text).toMatch(/^Plan\n• Approve: `\/dr approve INC-1\.p1`\nlong /);
    expect(text.length).toBeLessThanOrEqual(4000);
  });
});
