import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buttons, section } from '../../../src/blocks/message.ts';
import type { Difference } from '../../../src/domain/events.ts';
import { APPROVER, COMMANDER, planFor, REQUESTER } from '../../support/bot.ts';
import { createSlackBench, type SlackBench } from './bench.ts';

const CHANNEL = 'incident-response';

let bench: SlackBench;
beforeEach(async () => {
  bench = await createSlackBench();
});
afterEach(() => bench.close());

/** A message of the bot with one button. */
async function postButton(verb: string, args: string): Promise<{ channel: string; message: string; actionId: string }> {
  const blocks = [section('Decide'), buttons([{ verb, args, label: verb }])];
  const { channel, ts } = await bench.adapter.chat.post({ channel: CHANNEL, text: 'Decide', blocks });
  return { channel, message: ts, actionId: `dr:${verb}:${args}` };
}

async function state() {
  const found = await bench.bot.store.journal.state('INC-1');
  if (!found) throw new Error('there is no INC-1');
  return found;
}

async function pausedRun(differences?: Difference[]): Promise<void> {
  const { useCases, store } = bench.bot;
  await useCases.failover({ user: REQUESTER, at: Date.now(), system: 'chatbot', mode: 'emergency' });
  await useCases.approve({ planId: 'INC-1.p1', user: APPROVER });
  const error = { code: 'rds.refused', message: 'RDS refused.' };
  const more = differences ? { differences } : {};
  await store.journal.decide('INC-1', Date.now(), () => ({
    events: [
      { type: 'step.started', runId: 'INC-1.r1', step: 'promote', attempt: 1, operationId: 'o' },
      { type: 'step.failed', runId: 'INC-1.r1', step: 'promote', attempt: 1, error, changes: [], ...more },
    ],
  }));
}

describe('/dr', () => {
  test('failover is acknowledged before its plan is made, to the person only, and answered afterwards', async () => {
    const { promise: read, resolve: readAll } = Promise.withResolvers<void>();
    bench.bot.plan(async (request) => {
      await read;
      return planFor(request);
    });

    // Slack itself gives up after three seconds.
    const seen = await bench.slack.workspace.command('requester', CHANNEL, '/dr failover chatbot');

    expect(seen).toMatchObject({ outcome: 'acknowledged', message: { to: REQUESTER } });
    await bench.whispered(REQUESTER, /Reading the live state of chatbot/);
    readAll();
    await bench.whispered(REQUESTER, /Plan INC-1\.p1 waits for approval/);
    expect(bench.slack.workspace.messages('C0INCIDENTRESPONSE')).toEqual([]);
  });

  test('alone shows what this person may do, as buttons and lines', async () => {
    const seen = await bench.slack.workspace.command('bystander', CHANNEL, '/dr');

    expect(seen).toMatchObject({ outcome: 'acknowledged' });
    const text = await bench.whispered('U0BYSTANDER', /This is what you can do/);
    expect(text).toContain('/dr status');
    expect(text).not.toContain('/dr approve');
  });

  test('quotes what a person typed without letting it become a mention or a link', async () => {
    const line = '/dr failover chatbot--<!channel>&<https://evil.example|x>';
    const seen = await bench.slack.workspace.command('requester', CHANNEL, line);

    expect(seen).toMatchObject({ outcome: 'acknowledged' });
    const text = await bench.whispered(REQUESTER, /There is no system/);
    expect(text).toContain('chatbot--&lt;!channel&gt;&amp;&lt;https://evil.example|x&gt;');
  });

  test('is answered as an ephemeral message when its response URL does not work', async () => {
    bench.slack.interfere(({ method }) => (method === 'response_url' ? { kind: 'status', status: 404 } : undefined));

    await bench.slack.workspace.command('requester', CHANNEL, '/dr status');

    await bench.whispered(REQUESTER, /No incident is open/);
  });

  test('keeps the reference of an error in the answer', async () => {
    bench.bot.plan(() => {
      throw new TypeError('x is not a function');
    });

    await bench.slack.workspace.command('requester', CHANNEL, '/dr failover chatbot');

    const blocks = await bench.seen((change) =>
      change.type === 'ephemeral' && /should not/.test(change.message.text) ? change.message.blocks : undefined,
    );
    expect(JSON.stringify(blocks)).toMatch(/To report it: reference \d+\./);
  });
});

describe('/dr abort', () => {
  test('asks before it aborts, with what it would leave behind, and does it when the button is pressed', async () => {
    await pausedRun();
    await bench.slack.workspace.command('commander', CHANNEL, `/dr abort INC-1 the "primary" isn't gone`);
    const question = await bench.seen((change) =>
      change.type === 'ephemeral' && /^Abort INC-1\.r1 of INC-1\?/.test(change.message.text)
        ? change.message
        : undefined,
    );
    expect((await state()).run?.status).toBe('paused');
    const [button] = (question.blocks?.find(({ type }) => type === 'actions')?.elements ?? []) as {
      action_id: string;
    }[];

    await bench.slack.workspace.click('commander', {
      channel: question.channel,
      message: question.ts,
      actionId: button?.action_id ?? '',
    });

    await bench.whispered(COMMANDER, /INC-1\.r1 of INC-1 is being aborted/);
    expect((await state()).run?.abort).toEqual({ by: COMMANDER, reason: 'the primary isn’t gone' });
  });

  test('with --yes asks nothing', async () => {
    await pausedRun();

    await bench.slack.workspace.command('commander', CHANNEL, '/dr abort --yes');

    await bench.whispered(COMMANDER, /INC-1\.r1 of INC-1 is being aborted/);
  });
});

describe('a refusal', () => {
  test('to approve names nobody who may not approve either', async () => {
    await bench.bot.useCases.failover({ user: APPROVER, at: Date.now(), system: 'chatbot', mode: 'emergency' });
    const button = await postButton('approve', 'INC-1.p1');

    await bench.slack.workspace.click('bystander', button);

    await bench.whispered('U0BYSTANDER', /You may not approve plans of chatbot\. Ask <@U0COMMANDER>\.$/);
  });

  test.each([
    ['resolve', 'No incident is open.'],
    ['abort', 'No run is under way, so there is nothing to abort. What is open: `/dr status`.'],
  ])('of /dr %s says one thing, and carries no reference', async (verb, sentence) => {
    await bench.slack.workspace.command('commander', CHANNEL, `/dr ${verb}`);

    const message = await bench.seen((change) =>
      change.type === 'ephemeral' && change.message.text.includes(sentence) ? change.message : undefined,
    );
    expect(message.text).toBe(`⛔ ${sentence}`);
    expect(message.blocks).toHaveLength(1);
  });

  test('of a second approval does not contradict itself', async () => {
    await pausedRun();
    const button = await postButton('approve', 'INC-1.p1');

    await bench.slack.workspace.click('commander', button);

    const text = await bench.whispered(COMMANDER, /INC-1\.p1/);
    expect(text).toBe('⛔ Plan INC-1.p1 is already approved by <@U0APPROVER>.');
  });
});

describe('a button', () => {
  test('of a plan approves it for somebody else than the requester', async () => {
    await bench.slack.workspace.command('requester', CHANNEL, '/dr failover chatbot');
    await bench.whispered(REQUESTER, /INC-1\.p1 waits/);
    const button = await postButton('approve', 'INC-1.p1');

    const own = await bench.slack.workspace.click('requester', button);
    expect(own).toMatchObject({ outcome: 'acknowledged' });
    await bench.whispered(REQUESTER, /You may not approve plans of chatbot\. Ask <@U0APPROVER> or <@U0COMMANDER>/);
    expect((await state()).run).toBeUndefined();

    await bench.slack.workspace.click('approver', button);

    await bench.whispered(APPROVER, /You approved INC-1\.p1\. Run INC-1\.r1 has started/);
    expect((await state()).run?.status).toBe('running');

    await bench.slack.workspace.click('commander', button);
    await bench.whispered(COMMANDER, /INC-1\.p1 is already approved by <@U0APPROVER>/);
  });

  test('that lacks a reason asks for it at once, takes nothing empty, and goes on with what was typed', async () => {
    await pausedRun();
    const { workspace } = bench.slack;
    const button = await postButton('skip', 'INC-1.r1 promote');
    await workspace.click('commander', button);
    const view = await bench.seen((change) => (change.type === 'views' ? change.views.at(-1) : undefined));
    const input = view.blocks.find(({ type }) => type === 'input')?.block_id ?? '';

    const empty = await workspace.submitView('commander', { [input]: { answer: '   ' } });
    expect(empty).toMatchObject({ errors: { [input]: expect.stringMatching(/cannot be left empty/) } });
    expect((await state()).run?.steps.promote?.status).toBe('failed');

    const filled = await workspace.submitView('commander', { [input]: { answer: '--promoted by "hand"' } });

    expect(filled).toEqual({ outcome: 'acknowledged' });
    await bench.whispered(COMMANDER, /promote of INC-1\.r1 is skipped/);
    expect((await state()).run?.steps.promote?.skippedBy).toEqual({ by: COMMANDER, reason: '--promoted by "hand"' });
  });

  test('opens no dialog for who may not use it', async () => {
    await pausedRun();
    const button = await postButton('skip', 'INC-1.r1 promote');

    await bench.slack.workspace.click('approver', button);

    await bench.whispered(APPROVER, /You may not leave a failed step behind\. Ask <@U0COMMANDER>/);
    expect(bench.slack.workspace.views(APPROVER)).toEqual([]);
  });

  test('asks nothing of the second person who signs an override', async () => {
    await pausedRun([{ key: 'guard:promote', sentence: 'It does not hold.' }]);
    const { workspace } = bench.slack;
    await workspace.click('approver', await postButton('override', 'INC-1.r1 promote'));
    await bench.whispered(APPROVER, /You may not pass what fails\. Ask <@U0COMMANDER>/);
    await workspace.click('commander', await postButton('override', 'INC-1.r1 promote'));
    const view = await bench.seen((change) => (change.type === 'views' ? change.views.at(-1) : undefined));
    const input = view.blocks.find(({ type }) => type === 'input')?.block_id ?? '';
    await workspace.submitView('commander', { [input]: { answer: 'Staying down is worse' } });
    await bench.whispered(COMMANDER, /A second person signs it: <@U0APPROVER>/);

    await workspace.click('approver', await postButton('override', 'INC-1.r1 promote --sign'));

    await bench.whispered(APPROVER, /The override of promote of INC-1\.r1 is signed/);
    expect(workspace.views(APPROVER)).toEqual([]);
    expect((await state()).run?.steps.promote).toMatchObject({
      status: 'waiting',
      overrides: [{ by: COMMANDER, reason: 'Staying down is worse', second: APPROVER }],
    });
  });

  test('says what to do when its dialog did not open', async () => {
    await pausedRun();
    const button = await postButton('skip', 'INC-1.r1 promote');
    bench.slack.interfere(({ method }) => (method === 'views.open' ? { kind: 'status', status: 503 } : undefined));

    await bench.slack.workspace.click('commander', button);

    await bench.whispered(COMMANDER, /Slack did not open the dialog in time[\s\S]*Press again, or type/);
  });
});
