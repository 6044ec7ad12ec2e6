import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useSession } from '../../../sandbox/page/src/session.ts';
import { CHANNEL, REQUESTER } from '../store/snapshot.ts';
import { channel, composer, conversations, forgetEverything, openChat, person } from './slack.tsx';

beforeEach(forgetEverything);
afterEach(cleanup);

const options = () =>
  within(screen.getByRole('listbox'))
    .getAllByRole('option')
    .map((option) => option.querySelector('b')?.textContent);
/** The option that Enter would take, as the field itself names it. */
const active = () => document.getElementById(composer().getAttribute('aria-activedescendant') ?? '');

describe('writing', () => {
  it('sends with Enter, and the field is empty and still has the focus', async () => {
    const { user, asked } = openChat();

    await user.type(composer(), 'I am on it{Enter}');

    expect(asked).toEqual([{ path: '/message', body: { as: REQUESTER.id, channel: CHANNEL, text: 'I am on it' } }]);
    expect(composer().value).toBe('');
    expect(document.activeElement).toBe(composer());
  });

  it('sends with the button, and leaves the cursor where one writes on', async () => {
    const { user, asked } = openChat();
    await user.type(composer(), 'I am on it');

    await user.click(channel().getByRole('button', { name: 'Send' }));

    expect(asked).toHaveLength(1);
    expect(document.activeElement).toBe(composer());
  });

  it('breaks the line with Shift and Enter', async () => {
    const { user, asked } = openChat();

    await user.type(composer(), 'one{Shift>}{Enter}{/Shift}two');

    expect(asked).toEqual([]);
    expect(composer().value).toBe('one\ntwo');
  });

  it.each(['   {Enter}', '{Enter}'])('sends nothing of %j', async (keys) => {
    const { user, asked } = openChat();

    await user.type(composer(), keys);

    expect(asked).toEqual([]);
  });

  it('does not send what is still being composed in another script', async () => {
    const { user, asked } = openChat();
    await user.type(composer(), 'にほん');

    fireEvent.keyDown(composer(), { key: 'Enter', isComposing: true });

    expect(asked).toEqual([]);
    expect(composer().value).toBe('にほん');
  });

  it('sends once, however often it is asked while the answer is awaited', async () => {
    const { user, asked, waits } = openChat();
    const say = waits();

    await user.type(composer(), 'once{Enter}{Enter}');
    await user.click(channel().getByRole('button', { name: 'Send' }));
    const during = composer().value;
    await say({});

    expect(asked).toHaveLength(1);
    expect(during).toBe('once');
    await waitFor(() => expect(composer().value).toBe(''));
  });

  it('brings what was sent back with arrow up, and the draft with arrow down', async () => {
    const { user } = openChat();
    await user.type(composer(), 'first{Enter}');
    await user.type(composer(), 'second{Enter}');

    await user.keyboard('{ArrowUp}{ArrowUp}');
    const before = composer().value;
    await user.keyboard('{ArrowDown}{ArrowDown}');

    expect(before).toBe('first');
    expect(composer().value).toBe('');
  });

  it('takes over what another part of the page wishes to be said, and sends nothing', async () => {
    const { asked } = openChat();

    act(() => useSession.getState().set({ compose: { text: '/dr status', at: 1 } }));

    expect(composer().value).toBe('/dr status');
    expect(document.activeElement).toBe(composer());
    expect(composer().selectionStart).toBe('/dr status'.length);
    expect(screen.queryByRole('listbox')).toBeNull();
    expect(asked).toEqual([]);
  });
});

describe('what was refused', () => {
  it('is one sentence, and what was typed is kept', async () => {
    const { user, answers } = openChat();
    answers({ error: 'A new world is being made; try again in a few seconds.' }, 400);

    await user.type(composer(), 'hello{Enter}');

    expect(screen.getByRole('alert').textContent).toBe('A new world is being made; try again in a few seconds.');
    expect(composer().value).toBe('hello');
    expect(composer().getAttribute('aria-invalid')).toBe('true');
  });

  it('goes away with the next key, and can be sent again', async () => {
    const { user, answers, asked } = openChat();
    answers({ error: 'Not now.' }, 400);
    await user.type(composer(), 'hello{Enter}');

    await user.type(composer(), '!');
    const during = screen.queryByRole('alert');
    answers({});
    await user.keyboard('{Enter}');

    expect(during).toBeNull();
    expect(asked.map(({ body }) => body.text)).toEqual(['hello', 'hello!']);
    expect(composer().value).toBe('');
  });

  it('says so when nobody answers at all', async () => {
    const { user } = openChat();
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));

    await user.type(composer(), 'hello{Enter}');

    expect(screen.getByRole('alert').textContent).toMatch(/does not answer/);
    expect(composer().value).toBe('hello');
  });
});

describe('a slash command', () => {
  it('goes to the app', async () => {
    const { user, asked } = openChat();

    await user.type(composer(), '/dr status chatbot{Enter}');

    expect(asked).toEqual([
      { path: '/command', body: { as: REQUESTER.id, channel: CHANNEL, text: '/dr status chatbot' } },
    ]);
    expect(composer().value).toBe('');
  });

  it('that no app has is answered as Slack does, and kept', async () => {
    const { user, answers } = openChat();
    answers({ outcome: 'not-sent', text: '/rd is not a valid command. This workspace has /dr.' });

    await user.type(composer(), '/rd status{Enter}');

    expect(screen.getByRole('alert').textContent).toBe(
      '/rd is not a valid command. This workspace has /dr. To send it as a message, put a space before the slash.',
    );
    expect(composer().value).toBe('/rd status');
  });

  it('behind a space is a message', async () => {
    const { user, asked } = openChat();

    await user.type(composer(), ' /dr status{Enter}');

    expect(asked).toMatchObject([{ path: '/message', body: { text: ' /dr status' } }]);
  });

  it('that the app did not answer is told by Slackbot in the channel, and not twice', async () => {
    const { user, answers } = openChat();
    answers({ outcome: 'failed', error: 'operation_timeout', text: '/dr failed because the app did not respond' });

    await user.type(composer(), '/dr status {Enter}');

    expect(screen.queryByRole('alert')).toBeNull();
    expect(composer().value).toBe('');
  });
});

describe('completion', () => {
  it('opens with a slash, and says so to whoever does not see it', async () => {
    const { user } = openChat();

    await user.type(composer(), '/');

    expect(options()).toEqual(['/dr']);
    expect(composer().getAttribute('aria-expanded')).toBe('true');
    expect(composer().getAttribute('aria-controls')).toBe(screen.getByRole('listbox').id);
    expect(active()?.getAttribute('aria-selected')).toBe('true');
  });

  it('takes word after word with Enter and Tab, and sends once everything is said', async () => {
    const { user, asked } = openChat();

    await user.type(composer(), '/{Enter}');
    const verbs = options();
    await user.keyboard('fa{Tab}');
    const systems = options();
    await user.keyboard('{Enter}');
    const flags = options();
    await user.keyboard('--t{Tab}{Enter}');
    const full = composer().value;
    await user.keyboard('{Enter}');

    expect(verbs).toEqual(['failover', 'status', 'skip']);
    expect(systems).toEqual(['chatbot', 'shop']);
    expect(flags).toEqual(['--to', '--reason']);
    expect(full).toBe('/dr failover chatbot --to us-west-2 ');
    expect(asked).toMatchObject([{ path: '/command', body: { text: '/dr failover chatbot --to us-west-2' } }]);
  });

  it('goes up and down, round both ends', async () => {
    const { user } = openChat();
    await user.type(composer(), '/dr ');
    const seen: (string | null | undefined)[] = [];

    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) {
      await user.keyboard(`{${key}}`);
      seen.push(active()?.querySelector('b')?.textContent);
    }

    expect(seen).toEqual(['failover', 'status', 'skip', 'failover', 'skip']);
    expect(document.activeElement).toBe(composer());
  });

  it('closes with Escape, and Enter sends what stands there', async () => {
    const { user, asked } = openChat();
    await user.type(composer(), '/dr sta');

    await user.keyboard('{Escape}');
    const after = screen.queryByRole('listbox');
    await user.keyboard('{Enter}');

    expect(after).toBeNull();
    expect(asked).toMatchObject([{ body: { text: '/dr sta' } }]);
  });

  it('closes with Escape alone: the thread it is written beside stays open', async () => {
    const { user } = openChat();
    await user.click(channel().getByRole('button', { name: /Reply in thread/ }));
    await user.type(composer('Reply…'), '@ad');

    await user.keyboard('{Escape}');
    const after = screen.queryByRole('listbox');

    expect(after).toBeNull();
    expect(screen.getByRole('region', { name: /Thread in/ })).toBeTruthy();
  });

  it('takes an option that is clicked, with the cursor between the quotation marks', async () => {
    const { user } = openChat();
    await user.type(composer(), '/dr failover chatbot --r');

    await user.click(screen.getByRole('option', { name: /--reason/ }));
    await user.keyboard('region is down');

    expect(composer().value).toBe('/dr failover chatbot --reason "region is down"');
  });

  it('lets Tab go on to the next control where nothing is offered', async () => {
    const { user } = openChat();
    await user.type(composer(), 'hello');

    await user.tab();

    expect(document.activeElement?.getAttribute('aria-label')).toBe('Send');
  });

  it('names people behind an @', async () => {
    const { user } = openChat();

    await user.type(composer(), 'ask @ad{Enter}');

    expect(composer().value).toBe('ask @approver ');
  });

  it('offers nothing for words', async () => {
    const { user } = openChat();

    await user.type(composer(), 'either/or');

    expect(screen.queryByRole('listbox')).toBeNull();
    expect(composer().getAttribute('aria-expanded')).toBe('false');
  });
});

describe('a draft', () => {
  it('is kept for each channel and for each person', async () => {
    const { user } = openChat();
    await user.type(composer(), 'of the requester');

    await user.click(conversations().getByRole('button', { name: /general/ }));
    const elsewhere = composer('Message #general').value;
    await user.type(composer('Message #general'), 'general draft');
    await user.click(conversations().getByRole('button', { name: /incident-response/ }));
    const back = composer().value;
    await user.click(person(/^approver/i));
    const ofAnother = composer().value;
    await user.click(person(/^requester/i));

    expect([elsewhere, back, ofAnother]).toEqual(['', 'of the requester', '']);
    expect(composer().value).toBe('of the requester');
  });

  it('outlives a reload', async () => {
    const { user, unmount } = openChat();
    await user.type(composer(), 'half a thought');

    unmount();
    openChat();

    expect(JSON.parse(localStorage.getItem('lifeboat-drafts') ?? '').state.drafts).toEqual({
      [`${REQUESTER.id}/${CHANNEL}`]: 'half a thought',
    });
    expect(composer().value).toBe('half a thought');
  });
});
