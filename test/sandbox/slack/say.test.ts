import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { App } from '@slack/bolt';
import type { Slack } from '../../../sandbox/slack/server.ts';
import { boltApp, client, INCIDENT_RESPONSE, nextChange, startTestSlack } from './workspace.ts';

let slack: Slack;
let apps: App[];

beforeEach(async () => {
  slack = await startTestSlack();
  apps = [];
});

afterEach(async () => {
  for (const app of apps) await app.stop();
  await slack.close();
});

/** Bolt, connected, with these listeners. */
async function startApp(listen: (app: App) => void): Promise<void> {
  const app = boltApp(slack);
  listen(app);
  await app.start();
  apps.push(app);
}

describe('what people say', () => {
  it('is posted in the channel, and told to those who watch', async () => {
    const told = nextChange(slack, 'message');

    const message = slack.workspace.say('commander', '#incident-response', '  I take over.\n');

    expect(message).toMatchObject({ channel: INCIDENT_RESPONSE, user: 'U0COMMANDER', text: 'I take over.' });
    expect((await told).message).toEqual(message);
    expect(slack.workspace.messages(INCIDENT_RESPONSE)).toEqual([message]);
  });

  it('joins the thread of the first message, which the Web API then shows as one', async () => {
    const first = slack.workspace.say('requester', 'general', 'Users see errors.');
    const reply = slack.workspace.say('approver', 'general', 'Looking.', first.ts);
    const replyToReply = slack.workspace.say('commander', 'general', 'Me too.', reply.ts);

    const replies = await client(slack).conversations.replies({ channel: 'C0GENERAL', ts: first.ts });

    expect([reply.threadTs, replyToReply.threadTs]).toEqual([first.ts, first.ts]);
    expect(replies.messages).toMatchObject([
      { text: 'Users see errors.', reply_count: 2, thread_ts: first.ts },
      { text: 'Looking.', user: 'U0APPROVER' },
      { text: 'Me too.' },
    ]);
  });

  it('is not delivered to an app that subscribes to no events', async () => {
    const heard: unknown[] = [];
    await startApp((app) => {
      app.message(async ({ message }) => {
        heard.push(message);
      });
      app.command('/dr', async ({ ack }) => ack({ text: 'after it' }));
    });
    slack.workspace.say('requester', 'general', 'hello @Lifeboat');

    // Envelopes arrive in order: after this answer, the message would have been heard.
    await slack.workspace.command('requester', 'general', '/dr status');

    expect(heard).toEqual([]);
  });

  it.each([
    ['a & b < c > d', 'a &amp; b &lt; c &gt; d'],
    ['@approver, please', '<@U0APPROVER>, please'],
    ['@Lifeboat?', '<@U0LIFEBOAT>?'],
    ['@nobody @here', '@nobody <!here>'],
    ['mail@approver.example', 'mail@approver.example'],
    ['see #general', 'see <#C0GENERAL|general>'],
    ['see #directmessage', 'see #directmessage'],
    ['(https://status.example/?a=1&b=2).', '(<https://status.example/?a=1&amp;b=2>).'],
    ['`@approver <x>` and @approver', '`@approver &lt;x&gt;` and <@U0APPROVER>'],
    ['<@U0APPROVER>', '&lt;@U0APPROVER&gt;'],
    [' /dr status', '/dr status'],
  ])('%s is stored as Slack stores it', (typed, stored) => {
    const message = slack.workspace.say('requester', 'general', typed);

    expect(message.text).toBe(stored);
  });

  it.each([
    ['nothing', '   ', undefined, 'there is nothing to send; write something first'],
    ['a command', '/dr status', undefined, '/dr is a slash command, and commands are not posted as messages'],
    ['a command in a thread', '/dr status', '1.000001', '/dr is not supported in threads. Sorry!'],
    ['a reply to nothing', 'late', '1.000001', 'the message that you reply to is gone'],
    ['a book', 'x'.repeat(40_001), undefined, 'the message is too long: 40001 characters, and Slack takes 40000'],
  ])('%s is refused in a sentence', (_what, typed, thread, sentence) => {
    expect(() => slack.workspace.say('requester', 'general', typed, thread)).toThrow(sentence);
    expect(slack.workspace.messages('C0GENERAL')).toEqual([]);
  });
});

describe('direct messages with the bot', () => {
  it('are there for each person from the beginning', () => {
    const direct = slack.workspace.state.channels.filter(({ directTo }) => directTo !== undefined);

    expect(direct.map(({ id, directTo }) => [id, directTo])).toEqual([
      ['D0REQUESTER', 'U0REQUESTER'],
      ['D0APPROVER', 'U0APPROVER'],
      ['D0COMMANDER', 'U0COMMANDER'],
      ['D0BYSTANDER', 'U0BYSTANDER'],
    ]);
  });

  it('take messages and commands of their person', async () => {
    await startApp((app) => {
      app.command('/dr', async ({ ack, command }) => ack({ text: `in ${command.channel_name}` }));
    });

    const said = slack.workspace.say('requester', 'D0REQUESTER', 'hello');
    const seen = await slack.workspace.command('requester', 'D0REQUESTER', '/dr status');

    expect(said.channel).toBe('D0REQUESTER');
    expect(seen).toMatchObject({ message: { text: 'in directmessage', channel: 'D0REQUESTER', to: 'U0REQUESTER' } });
  });

  it('are not there for anybody else', async () => {
    const { ts } = slack.workspace.post({ channel: 'D0REQUESTER', user: 'U0LIFEBOAT', text: 'for you alone' });
    const sentence = 'there is no channel "D0REQUESTER"; there are #incident-response, #general';

    expect(() => slack.workspace.say('approver', 'D0REQUESTER', 'me too')).toThrow(sentence);
    expect(() => slack.workspace.command('approver', 'D0REQUESTER', '/dr status')).toThrow(sentence);
    await expect(
      slack.workspace.click('approver', { channel: 'D0REQUESTER', message: ts, actionId: 'x' }),
    ).rejects.toThrow(sentence);
  });
});

describe('slash commands', () => {
  it('that no app has are not sent', async () => {
    const received: string[] = [];
    await startApp((app) => {
      app.command(/.*/, async ({ ack, command }) => {
        received.push(command.command);
        await ack();
      });
    });

    const seen = await slack.workspace.command('requester', 'general', '/rd failover chatbot');

    expect(seen).toEqual({
      outcome: 'not-sent',
      text: '/rd is not a valid command. This workspace has /dr.',
    });
    expect(received).toEqual([]);
  });
});
