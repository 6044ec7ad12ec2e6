import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import type { Block } from '../../../sandbox/slack/state.ts';
import { actionsWith, mrkdwn, plain } from '../blocks/draw.tsx';
import { APPROVER, CHANNEL, REQUESTER } from '../store/snapshot.ts';
import {
  changes,
  channel,
  conversations,
  forgetEverything,
  LIFEBOAT,
  message,
  openChat,
  person,
  said,
  says,
  tell,
  ts,
  whisper,
} from './slack.tsx';

beforeEach(forgetEverything);
afterEach(cleanup);

const board = (text: string, ...elements: object[]): Block[] => [
  { type: 'section', block_id: 'state', text: mrkdwn(text) },
  ...(elements.length > 0 ? [actionsWith(...elements)] : []),
];
const button = (more: object = {}) => ({
  type: 'button',
  action_id: 'approve',
  value: 'INC-1.p1',
  text: plain('Approve'),
  ...more,
});
const boardOf = (...elements: object[]) =>
  message(5, { user: LIFEBOAT, text: 'Plan INC-1.p1', blocks: board('Plan INC-1.p1', ...elements) });
const approve = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Approve' });

describe('a message', () => {
  it('is headed by its author, once for what they say one after the other', () => {
    openChat();

    says(message(2, { text: 'Three tickets' }));
    says(message(3, { user: LIFEBOAT, text: 'Reading the live state' }));

    const [one, two, three] = said().getAllByRole('article');
    expect(one?.textContent).toContain('Ada Approver03:00 UTC');
    expect(two?.textContent).not.toContain('Ada Approver');
    expect(two?.getAttribute('aria-label')).toBe('Ada Approver, 03:00 UTC');
    expect(three?.textContent).toContain('LifeboatAPP');
  });

  it('shows what was typed as words, whatever it looks like', () => {
    const { container } = openChat();

    says(message(2, { text: '&lt;img src=x onerror=alert(1)&gt; <javascript:alert(1)|here>' }));

    expect(said().getByText(/<img src=x onerror=alert\(1\)>/)).toBeTruthy();
    expect(container.querySelector('[src="x"], [href^="javascript"]')).toBeNull();
  });

  it('of others is read out, with who said it, and not what is changed in place', () => {
    openChat();
    const heard = () =>
      channel()
        .getAllByRole('status')
        .map(({ textContent }) => textContent)
        .join('');

    says(message(2, { text: 'Is *somebody* there, <@U0REQUESTER>?' }));
    const first = heard();
    changes(message(2, { text: 'Never mind' }));
    const second = heard();

    expect(first).toBe('Ada Approver: Is somebody there, Robin Requester?');
    expect(second).toBe(first);
  });

  it('of a channel that is opened is not read out once more', async () => {
    const { user } = openChat();
    says(message(2, { channel: 'C0GENERAL', text: 'said a while ago' }));

    await user.click(conversations().getByRole('button', { name: /general/ }));

    expect(said().getByText('said a while ago')).toBeTruthy();
    const spoken = channel('#general').getAllByRole('status');
    expect(spoken.map(({ textContent }) => textContent).join('')).toBe('');
  });

  it('that is deleted is gone', () => {
    openChat();

    tell({ type: 'slack', change: { type: 'message-deleted', channel: CHANNEL, ts: ts(1) } });

    expect(said().queryAllByRole('article')).toEqual([]);
  });

  it('is drawn among the newest ones only, of a long conversation', () => {
    const long = Array.from({ length: 1000 }, (_, index) => message(index, { text: `number ${index}` }));

    openChat({ messages: { [CHANNEL]: long } });

    const drawn = said().getAllByRole('article').length;
    expect(said().getByText('number 999')).toBeTruthy();
    expect(said().queryByText('number 0')).toBeNull();
    expect(drawn).toBeGreaterThanOrEqual(50);
    expect(drawn).toBeLessThan(300);
  });
});

describe('a conversation whose end is followed', () => {
  const many = (from: number) =>
    tell(
      ...Array.from({ length: 300 }, (_, index) => ({
        type: 'slack' as const,
        change: { type: 'message' as const, message: message(from + index, { text: `number ${from + index}` }) },
      })),
    );

  it('lets go of what was said long ago', () => {
    openChat();

    many(10);

    expect(said().getByText('number 309')).toBeTruthy();
    expect(said().queryByText('Users see errors')).toBeNull();
  });

  it('keeps what has the focus', () => {
    openChat();
    const first = said().getByRole('button', { name: /Reply in thread/ });
    first.focus();

    many(10);

    expect(document.activeElement).toBe(first);
    expect(said().getByText('number 309')).toBeTruthy();
  });
});

describe('an update in place', () => {
  it('keeps the focus on the button that is still there', () => {
    openChat();
    says(boardOf(button()));
    approve().focus();

    changes({
      ...boardOf(button()),
      text: 'Plan INC-1.p1 is approved',
      blocks: board('*Approved*', button(), button({ action_id: 'x', text: plain('Abort') })),
    });

    expect(said().getByText('Approved')).toBeTruthy();
    expect(document.activeElement).toBe(approve());
  });

  it('moves nothing: the message stays where it was said', () => {
    openChat();
    says(boardOf());
    says(message(6, { text: 'thanks' }));

    changes({ ...boardOf(), blocks: board('*Recovered*') });

    const texts = said()
      .getAllByRole('article')
      .map(({ textContent }) => textContent);
    expect(texts[1]).toContain('Recovered');
    expect(texts[2]).toContain('thanks');
  });
});

describe('a whisper', () => {
  it('is seen by its person alone, and says so each time', async () => {
    const { user } = openChat();

    says(whisper(2, REQUESTER.id, { text: 'You asked for it yourself' }));
    says(whisper(3, REQUESTER.id, { text: 'Nothing was started' }));
    const toSelf = said().getAllByText('Only visible to you').length;
    await user.click(person(/^approver/i));

    expect(toSelf).toBe(2);
    expect(said().queryByText('You asked for it yourself')).toBeNull();
    expect(said().queryByText('Only visible to you')).toBeNull();
    expect(said().getByText('Users see errors')).toBeTruthy();
  });

  it('is marked for those who hear it, and cannot be replied to', () => {
    openChat();

    says(whisper(2, REQUESTER.id));

    const row = screen.getByRole('article', { name: /only visible to you/ });
    expect(within(row).queryByRole('button', { name: /Reply in thread/ })).toBeNull();
    expect(
      channel()
        .getAllByRole('status')
        .some(({ textContent }) => /Only visible to you/.test(textContent ?? '')),
    ).toBe(true);
  });
});

describe('a button in a message', () => {
  it('says who pressed what and where', async () => {
    const { user, asked } = openChat();
    says(boardOf(button()));

    await user.click(approve());

    expect(asked).toEqual([
      {
        path: '/click',
        body: {
          as: REQUESTER.id,
          channel: CHANNEL,
          message: ts(5),
          action: 'approve',
          block: 'act',
          value: 'INC-1.p1',
          state: {},
        },
      },
    ]);
  });

  it('that is pressed twice is sent once, while it is under way', async () => {
    const { user, asked, waits } = openChat();
    says(boardOf(button()));
    const say = waits();

    await user.dblClick(approve());
    await say();
    const during = asked.length;
    await user.click(approve());

    expect(during).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it('that takes its time says so, cannot be pressed, and gets the focus back', async () => {
    const { user, waits } = openChat();
    says(boardOf(button()));
    const say = waits();

    await user.click(approve());
    await channel().findByText('Sending…');
    const during = approve().disabled;
    // As browsers do with what is disabled.
    approve().blur();
    await say();

    expect(during).toBe(true);
    expect(approve().disabled).toBe(false);
    expect(document.activeElement).toBe(approve());
  });

  it.each([
    [
      'the app did not answer',
      { outcome: 'failed', error: 'operation_timeout', text: 'This button did not work.' },
      200,
    ],
    ['the sandbox refused it', { error: 'This button did not work.' }, 400],
  ])('says below it when %s, until it is dismissed', async (_why, body, status) => {
    const { user, answers } = openChat();
    says(boardOf(button()));
    answers(body, status);

    await user.click(approve());
    const said = screen.getByRole('alert').textContent;
    await user.click(screen.getByRole('button', { name: 'Dismiss' }));

    expect(said).toContain('This button did not work.');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('asks first where it wants to, and sends nothing on "no"', async () => {
    const { user, asked } = openChat();
    const confirm = {
      title: plain('Approve?'),
      text: plain('It starts at once.'),
      confirm: plain('Yes'),
      deny: plain('No'),
    };
    says(boardOf(button({ confirm })));

    await user.click(approve());
    await user.click(screen.getByRole('button', { name: 'No' }));
    const afterNo = asked.length;
    await user.click(approve());
    await user.click(screen.getByRole('button', { name: 'Yes' }));

    expect(afterNo).toBe(0);
    expect(asked).toHaveLength(1);
  });

  it('sends the option that was chosen in a menu', async () => {
    const { user, asked } = openChat();
    const option = (value: string) => ({ text: plain(value), value });
    const select = { type: 'static_select', action_id: 'region', options: [option('us-east-1'), option('us-west-2')] };
    says(boardOf(select));

    await user.selectOptions(channel().getByRole('combobox', { name: 'Select an option' }), 'us-west-2');

    await waitFor(() =>
      expect(asked).toMatchObject([{ path: '/click', body: { action: 'region', value: 'us-west-2' } }]),
    );
  });

  it('is told of the person who is typing now', async () => {
    const { user, asked } = openChat();
    says(boardOf(button()));

    await user.click(person(/^approver/i));
    await user.click(approve());

    expect(asked).toMatchObject([{ body: { as: APPROVER.id } }]);
  });
});
