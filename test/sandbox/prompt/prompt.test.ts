import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { App } from '@slack/bolt';
import { runPrompt } from '../../../sandbox/prompt/prompt.ts';
import { type Playground, startPlayground } from '../control/world.ts';
import { boltApp, INCIDENT_RESPONSE } from '../slack/workspace.ts';

let playground: Playground;
let app: App;

const plain = (words: string) => ({ type: 'plain_text' as const, text: words });
const card = [
  { type: 'section' as const, text: { type: 'mrkdwn' as const, text: '*Waiting* for approval' } },
  {
    type: 'actions' as const,
    elements: [
      {
        type: 'button' as const,
        action_id: 'approve',
        text: plain('Approve'),
        confirm: {
          title: plain('Approve'),
          text: plain('The primary cannot be fenced.'),
          confirm: plain('Fail over'),
          deny: plain('Cancel'),
        },
      },
      { type: 'button' as const, action_id: 'reject', text: plain('Reject') },
    ],
  },
];

beforeEach(async () => {
  playground = await startPlayground();
  app = boltApp(playground.slack);
  app.command('/dr', async ({ ack, client }) => {
    await ack('Planning…');
    await client.chat.postMessage({ channel: INCIDENT_RESPONSE, text: 'Plan', blocks: card });
  });
  app.action('approve', async ({ ack, body, client, respond }) => {
    await ack();
    if (body.user.id === 'U0REQUESTER')
      return void (await respond({ text: 'You asked for it yourself.', replace_original: false }));
    const ts = body.type === 'block_actions' ? String(body.container.message_ts) : '';
    await client.chat.update({ channel: INCIDENT_RESPONSE, ts, text: `Approved by <@${body.user.id}>` });
  });
  app.action('reject', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'reject',
        title: plain('Reject'),
        submit: plain('Reject'),
        blocks: [
          {
            type: 'input',
            block_id: 'why',
            label: plain('Reason'),
            element: { type: 'plain_text_input', action_id: 'text' },
          },
        ],
      },
    });
  });
  app.view('reject', async ({ ack, view, client }) => {
    await ack();
    const reason = view.state.values.why?.text?.value ?? '';
    await client.chat.postMessage({ channel: INCIDENT_RESPONSE, text: `Rejected: ${reason}` });
  });
  await app.start();
});

afterEach(async () => {
  await app.stop();
  await playground.close();
});

/** What a terminal shows when these lines are piped into it. */
async function play(...lines: string[]): Promise<string> {
  const output = new PassThrough();
  const shown = text(output);
  await runPrompt({ url: playground.control.url, input: Readable.from(lines.map((line) => `${line}\n`)), output });
  output.end();
  return shown;
}

describe('the terminal prompt', () => {
  it('carries somebody from the fault to the approval', async () => {
    const shown = await play(
      'fault region-down:us-east-1',
      '/dr failover chatbot',
      'wait waiting for approval',
      'press Approve',
      'y',
      'wait you asked for it yourself',
      'as approver',
      '1',
      'yes',
      'wait approved by',
      'press 1',
    );

    const order = [
      'A simulated AI Chatbot in us-east-1 and us-west-2',
      '⚡ region-down:us-east-1 is on.',
      '(only you see this)\n  Planning…',
      'Waiting for approval\n  [1] Approve   [2] Reject',
      'Approve: The primary cannot be fenced.\ny for "Fail over", anything else for "Cancel".',
      'You asked for it yourself.',
      'You are Ada Approver (approver).',
      '↻ #incident-response Plan\n  Approved by @approver',
      'The button [1] is gone.',
    ];
    const positions = order.map((words) => shown.indexOf(words));
    expect(positions).not.toContain(-1);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(playground.world.regionCondition('us-east-1')).toBe('hang');
  });

  it('sends nothing when the question is not answered with yes', async () => {
    const shown = await play('/dr', 'wait Approve', '1', 'no');

    expect(shown).toContain('was not sent.');
    expect(playground.slack.workspace.messages(INCIDENT_RESPONSE)[0]?.blocks).toBeDefined();
  });

  it('obeys a command that is typed instead of an answer, and sends nothing', async () => {
    const shown = await play('/dr', 'wait Approve', '1', 'as approver');

    expect(shown).toContain('was not sent.');
    expect(shown).toContain('You are Ada Approver (approver).');
  });

  it('asks what a dialog asks, line by line', async () => {
    const shown = await play('/dr', 'wait Approve', 'press Reject', 'wait Reason', '', 'wrong region', 'wait Rejected');

    expect(shown).toContain('▣ Reject');
    expect(shown).toContain('Reason: type it; cancel closes the dialog.');
    expect(shown).toContain('Please complete this required field.');
    expect(shown).toContain('Rejected: wrong region');
  });

  it('shows the world on one screen', async () => {
    const shown = await play('fault replica-lag:10m', 'fault region-down:us-east-1', 'world', 'fault off', 'faults');

    expect(shown).toMatch(/DNS +api\.chatbot\.com → us-east-1 \(chatbot-east-1234567890/);
    expect(shown).toMatch(/Writes +go to chatbot-prod in us-east-1, which does not answer/);
    expect(shown).toMatch(/Faults +replica-lag:600s, region-down:us-east-1/);
    expect(shown).toContain('Nothing is broken now.');
  });

  it.each([
    ['fault region-dwon:us-east-1', 'There is no fault "region-dwon". Did you mean region-down?'],
    ['as nobody', 'Nobody is called "nobody"; there are requester, approver, commander, bystander.'],
    ['press 9', 'There is no button 9.'],
    ['wrold', 'Did you mean world?'],
  ])('answers %s with a helpful sentence', async (line, sentence) => {
    expect(await play(line)).toContain(sentence);
  });

  it('ends at quit, whatever follows', async () => {
    const shown = await play('quit', 'fault region-down:us-east-1');

    expect(shown).not.toContain('⚡');
  });
});
