import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { PEOPLE } from '../../../sandbox/slack/people.ts';
import { type Slack, startSlack } from '../../../sandbox/slack/server.ts';
import { boltApp, emptyWorld, INCIDENT_RESPONSE, nextChange, startTestSlack } from './workspace.ts';

let slack: Slack;
let app: App;

beforeEach(async () => {
  slack = await startTestSlack();
  app = boltApp(slack);
});

afterEach(async () => {
  await app.stop();
  await slack.close();
});

const approveButton = {
  type: 'button',
  action_id: 'approve',
  text: { type: 'plain_text', text: 'Approve' },
  value: 'plan-1',
  style: 'primary',
} as const;
const card = [
  { type: 'section', text: { type: 'mrkdwn', text: 'Fail over chatbot' } },
  { type: 'actions', block_id: 'decision', elements: [approveButton] },
] as const;

describe('Bolt in Socket Mode', () => {
  it('receives a slash command and shows its acknowledgement to the person only', async () => {
    let received: Record<string, unknown> = {};
    app.command('/dr', async ({ ack, command }) => {
      received = command;
      await ack({ text: 'Planning…' });
    });
    await app.start();

    const seen = await slack.workspace.command('requester', '#incident-response', '/dr failover chatbot');

    expect(seen).toMatchObject({ outcome: 'acknowledged', message: { text: 'Planning…', to: 'U0REQUESTER' } });
    expect(received).toMatchObject({
      command: '/dr',
      text: 'failover chatbot',
      user_id: 'U0REQUESTER',
      channel_id: INCIDENT_RESPONSE,
      channel_name: 'incident-response',
      team_id: 'T0SANDBOX',
      api_app_id: 'A0LIFEBOAT',
    });
    expect(slack.workspace.messages(INCIDENT_RESPONSE)).toEqual([]);
  });

  it('tells the person when the app does not acknowledge within three seconds', async () => {
    const impatient = await startSlack(emptyWorld(), { people: PEOPLE, channels: ['incident-response'] });
    const silent = boltApp(impatient);
    silent.command('/dr', async () => {});
    await silent.start();

    const asked = performance.now();
    const seen = await impatient.workspace.command('requester', '#incident-response', '/dr');
    const waited = performance.now() - asked;
    await silent.stop();
    await impatient.close();

    expect(seen).toMatchObject({ error: 'operation_timeout', text: '/dr failed because the app did not respond' });
    expect(Math.round(waited)).toBeGreaterThanOrEqual(3000);
  });

  it('carries a button to the app, which updates the message and answers one person', async () => {
    let body: BlockAction<ButtonAction> | undefined;
    app.action<BlockAction<ButtonAction>>('approve', async (args) => {
      await args.ack();
      body = args.body;
      await args.client.chat.update({
        channel: INCIDENT_RESPONSE,
        ts: args.body.container.message_ts,
        text: 'Approved',
      });
      await args.respond({ text: 'Counted.', replace_original: false });
    });
    await app.start();
    const posted = await app.client.chat.postMessage({
      channel: '#incident-response',
      text: 'Plan',
      blocks: [...card],
    });
    const answered = nextChange(slack, 'ephemeral');

    const seen = await slack.workspace.click('approver', {
      channel: INCIDENT_RESPONSE,
      message: String(posted.ts),
      actionId: 'approve',
    });

    expect(seen).toEqual({ outcome: 'acknowledged' });
    expect((await answered).message).toMatchObject({ to: 'U0APPROVER', text: 'Counted.' });
    expect(body).toMatchObject({
      user: { id: 'U0APPROVER', username: 'approver' },
      container: { type: 'message', is_ephemeral: false },
      message: { text: 'Plan', bot_id: 'B0LIFEBOAT' },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'decision', value: 'plan-1' }],
    });
    const updated = slack.workspace.message(INCIDENT_RESPONSE, String(posted.ts));
    expect(updated?.text).toBe('Approved');
    expect(updated?.blocks).toBeUndefined();
  });

  it('lets an ephemeral message be replaced and deleted through its response URL', async () => {
    app.command('/dr', async ({ ack }) => ack({ text: 'Which?', blocks: [...card] }));
    app.action('approve', async ({ ack, body, respond }) => {
      await ack();
      if (body.type === 'block_actions' && body.message) throw new Error('an ephemeral message is never sent along');
      await respond({ text: 'Done.', replace_original: true });
    });
    await app.start();
    const menu = await slack.workspace.command('requester', 'general', '/dr');
    const ts = menu.outcome === 'acknowledged' ? (menu.message?.ts ?? '') : '';
    const replaced = nextChange(slack, 'ephemeral-changed');

    await slack.workspace.click('requester', { channel: 'general', message: ts, actionId: 'approve' });

    expect((await replaced).message).toMatchObject({ ts, text: 'Done.', to: 'U0REQUESTER' });
    const late = await slack.workspace.click('requester', { channel: 'general', message: ts, actionId: 'approve' });
    expect(late).toMatchObject({
      outcome: 'not-sent',
      text: 'The message has changed in the meantime, and what you clicked is gone. Read it again.',
    });
  });

  it('answers through a response URL five times, and not once more', async () => {
    const statuses: number[] = [];
    app.command('/dr', async ({ ack, command }) => {
      await ack();
      for (let turn = 0; turn < 6; turn += 1) {
        const response = await fetch(command.response_url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: `answer ${turn}` }),
        });
        statuses.push(response.status);
      }
      await app.client.chat.postMessage({ channel: 'general', text: 'done' });
    });
    await app.start();
    const done = nextChange(slack, 'message');

    await slack.workspace.command('requester', 'general', '/dr');
    await done;

    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
  });

  it('opens a modal, refuses it while a required input is empty, and shows the errors of the acknowledgement', async () => {
    const modal = {
      type: 'modal' as const,
      callback_id: 'abort',
      title: { type: 'plain_text' as const, text: 'Abort' },
      submit: { type: 'plain_text' as const, text: 'Abort' },
      blocks: [
        {
          type: 'input' as const,
          block_id: 'reason',
          label: { type: 'plain_text' as const, text: 'Reason' },
          element: { type: 'plain_text_input' as const, action_id: 'text' },
        },
      ],
    };
    app.command('/dr', async ({ ack, client, command }) => {
      await ack();
      await client.views.open({ trigger_id: command.trigger_id, view: modal });
    });
    app.view('abort', async ({ ack, view }) => {
      const reason = view.state.values.reason?.text?.value ?? '';
      if (reason.length < 5) await ack({ response_action: 'errors', errors: { reason: 'Say a little more.' } });
      else await ack();
    });
    await app.start();
    const opened = nextChange(slack, 'views');
    await slack.workspace.command('commander', 'general', '/dr abort');
    await opened;

    const empty = await slack.workspace.submitView('commander');
    const short = await slack.workspace.submitView('commander', { reason: { text: 'no' } });
    const stillOpen = slack.workspace.views('U0COMMANDER').length;
    const accepted = await slack.workspace.submitView('commander', { reason: { text: 'wrong region' } });

    expect(empty).toMatchObject({ outcome: 'not-sent', errors: { reason: 'Please complete this required field.' } });
    expect(short).toMatchObject({ outcome: 'acknowledged', errors: { reason: 'Say a little more.' } });
    expect(stillOpen).toBe(1);
    expect(accepted).toEqual({ outcome: 'acknowledged' });
    expect(slack.workspace.views('U0COMMANDER')).toEqual([]);
  });

  it('gives each payload to one of several connections', async () => {
    const received = [0, 0];
    app.command('/dr', async ({ ack }) => {
      received[0] = (received[0] ?? 0) + 1;
      await ack();
    });
    const second = boltApp(slack);
    second.command('/dr', async ({ ack }) => {
      received[1] = (received[1] ?? 0) + 1;
      await ack();
    });
    await app.start();
    await second.start();

    for (let turn = 0; turn < 4; turn += 1) await slack.workspace.command('requester', 'general', '/dr');
    await second.stop();

    expect(received).toEqual([2, 2]);
  });
});
