import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanup, screen, within } from '@testing-library/react';
import { CHANNEL, REQUESTER } from '../store/snapshot.ts';
import {
  channel,
  composer,
  conversations,
  forgetEverything,
  message,
  openChat,
  person,
  said,
  says,
  ts,
} from './slack.tsx';

beforeEach(forgetEverything);
afterEach(cleanup);

const thread = () => within(screen.getByRole('region', { name: 'Thread in #incident-response' }));
const replyLink = () => channel().getByRole('button', { name: /repl(y|ies)/ });
const reply = (seconds: number, text: string) => message(seconds, { text, threadTs: ts(1) });

describe('a thread', () => {
  it('is told of under its first message, and its replies stand in it alone', async () => {
    const { user } = openChat();

    says(reply(2, 'one'));
    says(reply(3, 'two'));
    const link = said().getByText('2 replies');
    const inChannel = said().queryByText('one');
    await user.click(link);

    expect(inChannel).toBeNull();
    expect(
      thread()
        .getAllByRole('article')
        .map((row) => row.getAttribute('data-ts')),
    ).toEqual([ts(1), ts(2), ts(3)]);
  });

  it('that nobody replied to is begun at its message, and a reply goes there', async () => {
    const { user, asked } = openChat();

    await user.click(channel().getByRole('button', { name: /Reply in thread to Ada Approver/ }));
    await user.type(composer('Reply…'), 'I see them, too{Enter}');

    expect(asked).toEqual([
      { path: '/message', body: { as: REQUESTER.id, channel: CHANNEL, text: 'I see them, too', threadTs: ts(1) } },
    ]);
    expect(composer('Reply…').value).toBe('');
  });

  it('takes the focus, closes with Escape, and gives the focus back', async () => {
    const { user } = openChat();
    says(reply(2, 'one'));

    await user.click(said().getByText('1 reply'));
    const focused = document.activeElement?.textContent;
    await user.keyboard('{Escape}');
    await new Promise(requestAnimationFrame);

    expect(focused).toContain('Thread');
    expect(screen.queryByRole('region', { name: /Thread in/ })).toBeNull();
    expect(document.activeElement).toBe(channel().getByRole('button', { name: /1 reply/ }));
  });

  it('takes no commands, as in Slack, and keeps what was typed', async () => {
    const { user, asked } = openChat();
    await user.click(channel().getByRole('button', { name: /Reply in thread/ }));

    await user.type(composer('Reply…'), '/dr status{Enter}');

    expect(asked).toEqual([]);
    expect(thread().getByRole('alert').textContent).toBe('/dr is not supported in threads. Sorry!');
    expect(composer('Reply…').value).toBe('/dr status');
  });

  it('has a draft of its own', async () => {
    const { user } = openChat();
    await user.type(composer(), 'for everybody');
    await user.click(channel().getByRole('button', { name: /Reply in thread/ }));

    await user.type(composer('Reply…'), 'for the thread');

    expect(composer().value).toBe('for everybody');
    expect(composer('Reply…').value).toBe('for the thread');
  });

  it('counts what came since it was looked into, and is read by opening it', async () => {
    const { user } = openChat();
    says(reply(2, 'one'));
    await user.click(said().getByText('1 reply'));
    await user.click(screen.getByRole('button', { name: 'Close the thread' }));

    says(reply(3, 'two'));
    const unread = replyLink().textContent;
    await user.click(said().getByText('2 replies'));

    expect(unread).toContain('1 new');
    expect(replyLink().textContent).not.toContain('new');
  });

  it('stays open for the next person, who has read nothing of their own draft', async () => {
    const { user } = openChat();
    await user.click(channel().getByRole('button', { name: /Reply in thread/ }));
    await user.type(composer('Reply…'), 'mine');

    await user.click(person(/^commander/i));

    expect(composer('Reply…').value).toBe('');
  });

  it('of another channel closes with its channel', async () => {
    const { user } = openChat();
    await user.click(channel().getByRole('button', { name: /Reply in thread/ }));

    await user.click(conversations().getByRole('button', { name: /general/ }));

    expect(screen.queryByRole('region', { name: /Thread in/ })).toBeNull();
  });

  it('leads to itself from a reply that was also sent to the channel', async () => {
    const { user } = openChat();
    says({ ...reply(2, 'one'), broadcast: true });

    await user.click(channel().getByRole('button', { name: 'thread' }));

    expect(said().getByText(/replied to a/)).toBeTruthy();
    expect(thread().getByText('Also sent to the channel')).toBeTruthy();
  });
});
