import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act, cleanup, screen } from '@testing-library/react';
import { useSession } from '../../../sandbox/page/src/session.ts';
import { actionsWith, plain } from '../blocks/draw.tsx';
import { APPROVER, BYSTANDER, CHANNEL } from '../store/snapshot.ts';
import { composer, conversations, forgetEverything, message, openChat, person, said, says, ts } from './slack.tsx';

beforeEach(forgetEverything);
afterEach(cleanup);

describe('who is typing', () => {
  it('is switched with the arrow keys, and what is sent is theirs', async () => {
    const { user, asked } = openChat();
    person(/^requester/i).focus();

    await user.keyboard('{ArrowRight}');
    const first = useSession.getState().person;
    await user.keyboard('{ArrowRight}{ArrowRight}');
    await user.type(composer(), 'me, too{Enter}');

    expect(first).toBe(APPROVER.id);
    expect(person(/^bystander/i).checked).toBe(true);
    expect(asked).toMatchObject([{ body: { as: BYSTANDER.id, text: 'me, too' } }]);
  });

  it('keeps the focus on the switch, so that one can go on', async () => {
    const { user } = openChat();
    person(/^requester/i).focus();

    await user.keyboard('{ArrowRight}');

    expect(document.activeElement).toBe(person(/^approver/i));
  });

  it('says what they may do', async () => {
    const { user } = openChat();

    await user.click(person(/^bystander/i));

    expect(screen.getByText(/may only look/).textContent).toBe('Billie Bystander may only look.');
  });

  it('is the first person when the one who was typing is not in this world', () => {
    useSession.setState({ person: 'U0GONE' });

    openChat();

    expect(person(/^requester/i).checked).toBe(true);
  });
});

describe('conversations', () => {
  it('are the channels, and one’s own direct messages', async () => {
    const { user, asked } = openChat();
    const names = () =>
      conversations()
        .getAllByRole('button')
        .map(({ textContent }) => textContent);

    const all = names();
    await user.click(conversations().getByRole('button', { name: 'Lifeboat' }));
    await user.type(composer('Message Lifeboat'), 'hello{Enter}');

    expect(all).toEqual(['#incident-response', '#general', 'Lifeboat']);
    expect(asked).toMatchObject([{ path: '/message', body: { channel: 'D0REQUESTER', text: 'hello' } }]);
  });

  it('become one’s own when somebody else is typing', async () => {
    const { user } = openChat();
    await user.click(conversations().getByRole('button', { name: 'Lifeboat' }));
    says(message(2, { channel: 'D0REQUESTER', text: 'for the requester alone' }));

    await user.click(person(/^approver/i));

    expect(said().queryByText('for the requester alone')).toBeNull();
    expect(said().getByText(/between Ada Approver and Lifeboat/)).toBeTruthy();
  });

  it('say which of them is open', async () => {
    const { user } = openChat();

    await user.click(conversations().getByRole('button', { name: /general/ }));

    expect(conversations().getByRole('button', { current: 'page' }).textContent).toContain('general');
    expect(said().getByText(/This is the beginning of/)).toBeTruthy();
  });
});

describe('a message that another part of the page wishes to be seen', () => {
  it('is drawn however long ago it was said, with the focus on its first button', () => {
    const long = Array.from({ length: 500 }, (_, index) => message(index, { text: `number ${index}` }));
    const answer = { type: 'button', action_id: 'yes', text: plain('Yes, it works') };
    long[3] = message(3, { text: 'The board', blocks: [actionsWith(answer)] });
    openChat({ messages: { [CHANNEL]: long } });
    const before = screen.queryByRole('button', { name: 'Yes, it works' });

    act(() => useSession.getState().set({ reveal: { ts: ts(3), at: 1 } }));

    expect(before).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Yes, it works' }));
    expect(useSession.getState().reveal).toBeUndefined();
  });
});
