import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebClient } from '@slack/web-api';
import type { Slack } from '../../../sandbox/slack/server.ts';
import type { World } from '../../../sandbox/world/world.ts';
import { client, emptyWorld, INCIDENT_RESPONSE, refusal, section, startTestSlack } from './workspace.ts';

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

const button = (number: number) => ({
  type: 'button' as const,
  action_id: `press-${number}`,
  text: { type: 'plain_text' as const, text: 'Press' },
});
const post = (blocks: object[]) =>
  web.apiCall('chat.postMessage', { channel: INCIDENT_RESPONSE, text: 'fallback', blocks });

describe('blocks that Slack refuses', () => {
  it.each([
    [
      '51 blocks',
      Array.from({ length: 51 }, () => section('x')),
      'no more than 50 items allowed [json-pointer:/blocks]',
    ],
    [
      'a section of 3,001',
      [section('x'.repeat(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty section text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      'a section without text or fields',
      [{ type: 'section' }],
      'missing required field: text [json-pointer:/blocks/0]',
    ],
    [
      'a header of 151',
      [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
      'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      '26 buttons',
      [{ type: 'actions', elements: Array.from({ length: 26 }, (_, index) => button(index)) }],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a button text of 76',
      [{ type: 'actions', elements: [{ ...button(1), text: { type: 'plain_text', text: 'x'.repeat(76) } }] }],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'mrkdwn on a button',
      [{ type: 'actions', elements: [{ ...button(1), text: { type: 'mrkdwn', text: 'x' } }] }],
      'must be a valid enum value [json-pointer:/blocks/0/elements/0/text/type]',
    ],
    [
      'a confirm dialog of 301',
      [
        {
          type: 'actions',
          elements: [
            {
              ...button(1),
              confirm: {
                title: { type: 'plain_text', text: 'Sure?' },
                text: { type: 'mrkdwn', text: 'x'.repeat(301) },
                confirm: { type: 'plain_text', text: 'Yes' },
                deny: { type: 'plain_text', text: 'No' },
              },
            },
          ],
        },
      ],
      'must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]',
    ],
    [
      'the same action twice in a block',
      [{ type: 'actions', elements: [button(1), button(1)] }],
      '`action_id` already exists for action_id=press-1 [json-pointer:/blocks/0]',
    ],
    [
      'the same block id twice',
      [
        { type: 'divider', block_id: 'x' },
        { type: 'divider', block_id: 'x' },
      ],
      '`block_id` already exists for block_id=x [json-pointer:/blocks/1/block_id]',
    ],
    ['an unknown block', [{ type: 'hologram' }], 'unsupported type: hologram [json-pointer:/blocks/0/type]'],
    [
      'an unknown property',
      [{ type: 'divider', colour: 'red' }],
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    [
      'a plan with one task twice',
      [
        {
          type: 'plan',
          title: 'Region failure',
          tasks: ['a', 'a'].map((id) => ({ type: 'task_card', task_id: id, title: 'Promote', status: 'pending' })),
        },
      ],
      'duplicate task_id: a [json-pointer:/blocks/0/tasks/1/task_id]',
    ],
  ])('%s', async (_name, blocks, problem) => {
    const refused = await refusal(post(blocks));

    expect(refused).toMatchObject({
      error: 'invalid_blocks',
      errors: [problem],
      response_metadata: { messages: [`[ERROR] ${problem}`] },
    });
    expect(slack.workspace.messages(INCIDENT_RESPONSE)).toEqual([]);
  });

  it('more than about 13,200 characters in all blocks together', async () => {
    const refused = await refusal(post(Array.from({ length: 5 }, () => section('x'.repeat(2700)))));

    expect(refused.error).toBe('msg_blocks_too_long');
  });

  it('accepts what is within the limits, as a form and as JSON', async () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'x'.repeat(150) } },
      section('x'.repeat(3000)),
      { type: 'section', fields: Array.from({ length: 10 }, () => ({ type: 'mrkdwn', text: 'x' })) },
      { type: 'actions', elements: Array.from({ length: 25 }, (_, index) => button(index)) },
      {
        type: 'plan',
        title: 'Plan',
        tasks: [{ type: 'task_card', task_id: 'a', title: 'Promote', status: 'complete' }],
      },
    ];

    const form = await post(blocks);
    const json = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ channel: INCIDENT_RESPONSE, text: 'fallback', blocks }),
    });

    expect(form.ok).toBe(true);
    expect(await json.json()).toMatchObject({ ok: true });
  });
});

describe('calls that Slack refuses', () => {
  it.each([
    ['no text', 'chat.postMessage', { channel: 'general' }, 'no_text'],
    ['an unknown channel', 'chat.postMessage', { channel: 'nowhere', text: 'x' }, 'channel_not_found'],
    [
      'a reply to nothing',
      'chat.postMessage',
      { channel: 'general', text: 'x', thread_ts: '1.000001' },
      'thread_not_found',
    ],
    [
      'metadata without a type',
      'chat.postMessage',
      { channel: 'general', text: 'x', metadata: { a: 1 } },
      'invalid_metadata_format',
    ],
    [
      'blocks that are no list',
      'chat.postMessage',
      { channel: 'general', text: 'x', blocks: 'x' },
      'invalid_blocks_format',
    ],
    ['an update of nothing', 'chat.update', { channel: 'general', ts: '1.000001', text: 'x' }, 'message_not_found'],
    [
      'a whisper to a stranger',
      'chat.postEphemeral',
      { channel: 'general', user: 'U0NOBODY', text: 'x' },
      'user_not_in_channel',
    ],
    ['a missing argument', 'chat.update', { channel: 'general', text: 'x' }, 'invalid_arguments'],
    ['a modal without a trigger', 'views.open', { trigger_id: 'x', view: modal() }, 'invalid_trigger_id'],
    ['a modal that is too long', 'views.open', { trigger_id: 'x', view: modal('x'.repeat(25)) }, 'invalid_arguments'],
    ['a method that nobody serves', 'admin.teams.list', {}, 'unknown_method'],
  ])('%s', async (_name, method, args, error) => {
    const refused = await refusal(web.apiCall(method, args));

    expect(refused.error).toBe(error);
  });

  function modal(title = 'Abort') {
    return { type: 'modal', title: { type: 'plain_text', text: title }, blocks: [{ type: 'divider' }] };
  }

  it('a token that is not its own', async () => {
    const stranger = new WebClient('xoxb-wrong', { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });

    expect((await refusal(stranger.auth.test())).error).toBe('invalid_auth');
    expect((await refusal(web.apiCall('apps.connections.open'))).error).toBe('not_allowed_token_type');
  });

  it('a scope that was not granted', async () => {
    const world = emptyWorld();
    const narrow = await startTestSlack(world, { scopes: ['chat:write'] });

    const refused = await refusal(
      client(narrow).reactions.add({ channel: 'C0GENERAL', timestamp: '1.000001', name: 'eyes' }),
    );
    await narrow.close();

    expect(refused).toMatchObject({ error: 'missing_scope', needed: 'reactions:write', provided: 'chat:write' });
    expect(world.state.calls).toMatchObject([{ service: 'slack', operation: 'reactions.add', error: 'missing_scope' }]);
  });
});

describe('messages', () => {
  it('finds a message again by its metadata, and the thread by its first message', async () => {
    const metadata = { event_type: 'board', event_payload: { run: 'r1' } };
    const board = await web.chat.postMessage({ channel: 'general', text: 'Board', metadata });
    await web.chat.postMessage({ channel: 'general', text: 'Phase 1', thread_ts: String(board.ts) });

    const history = await web.conversations.history({ channel: 'C0GENERAL', include_all_metadata: true });
    const replies = await web.conversations.replies({ channel: 'C0GENERAL', ts: String(board.ts) });

    expect(history.messages).toMatchObject([{ text: 'Board', metadata, reply_count: 1 }]);
    expect(replies.messages?.map(({ text }) => text)).toEqual(['Board', 'Phase 1']);
  });

  it('pages through history, newest first', async () => {
    for (const text of ['1', '2', '3']) await web.chat.postMessage({ channel: 'general', text });

    const first = await web.conversations.history({ channel: 'C0GENERAL', limit: 2 });
    const cursor = String(first.response_metadata?.next_cursor);
    const second = await web.conversations.history({ channel: 'C0GENERAL', limit: 2, cursor });

    expect(first.messages?.map(({ text }) => text)).toEqual(['3', '2']);
    expect(second.messages?.map(({ text }) => text)).toEqual(['1']);
  });

  it('cuts texts after 40,000 characters', async () => {
    await web.chat.postMessage({ channel: 'general', text: 'x'.repeat(40_001) });

    expect(slack.workspace.messages('C0GENERAL')[0]?.text).toHaveLength(40_000);
  });

  it('keeps the text when only blocks are updated, and drops the blocks when only the text is', async () => {
    const { ts } = await web.chat.postMessage({ channel: 'general', text: 'Board', blocks: [section('one')] });

    await web.chat.update({ channel: 'C0GENERAL', ts: String(ts), blocks: [section('two')] });
    const withBlocks = structuredClone(slack.workspace.message('C0GENERAL', String(ts)));
    await web.chat.update({ channel: 'C0GENERAL', ts: String(ts), text: 'Over' });

    expect(withBlocks).toMatchObject({ text: 'Board', blocks: [section('two')] });
    expect(slack.workspace.message('C0GENERAL', String(ts))?.blocks).toBeUndefined();
  });

  it('does not update what somebody else wrote', async () => {
    const theirs = slack.workspace.post({ channel: 'C0GENERAL', user: 'U0REQUESTER', text: 'help' });

    expect((await refusal(web.chat.update({ channel: 'C0GENERAL', ts: theirs.ts, text: 'x' }))).error).toBe(
      'cant_update_message',
    );
  });
});
