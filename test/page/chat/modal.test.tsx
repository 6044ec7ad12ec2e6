import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { inputWith, mrkdwn, option, plain } from '../blocks/draw.tsx';
import { REQUESTER } from '../store/snapshot.ts';
import { composer, dialog, forgetEverything, openChat, opens, person } from './slack.tsx';

beforeEach(forgetEverything);
afterEach(cleanup);

let dialogs = 0;

const note = { type: 'section', block_id: 'note', text: mrkdwn('Nothing runs before it is sent.') };
const reason = inputWith({ type: 'plain_text_input' }, { block_id: 'reason' });
const step = inputWith(
  { type: 'static_select', options: [option('promote'), option('redirect')] },
  { block_id: 'step', label: plain('Step') },
);
const tickets = inputWith(
  { type: 'number_input', is_decimal_allowed: false },
  { block_id: 'tickets', label: plain('Tickets'), optional: true },
);

/** Opens the dialog with these blocks; each has an id of its own, so that nothing of another is in it. */
function openDialog(blocks = [note, step, reason, tickets], change = {}) {
  dialogs += 1;
  const chat = openChat();
  opens(dialog(`V${dialogs}`, blocks, change));
  return { ...chat, id: `V${dialogs}` };
}

const modal = () => within(screen.getByRole('dialog', { name: 'Skip a step' }));
const field = () => modal().getByRole<HTMLInputElement>('textbox', { name: 'Reason' });
const menu = () => modal().getByRole<HTMLSelectElement>('combobox', { name: 'Step' });
const send = () => modal().getByRole('button', { name: 'Skip it' });
/** What is said to be wrong with a field, where the field itself points to. */
const wrongWith = (element: HTMLElement) =>
  (element.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
    .join('');

describe('a dialog', () => {
  it('has the focus in its first field, and Slack behind it cannot be reached', () => {
    openDialog();

    expect(document.activeElement).toBe(menu());
    expect(composer().closest('[inert]')).not.toBeNull();
  });

  it('sends what was filled in, in Slack’s own shape, and closes when the app says so', async () => {
    const { user, asked } = openDialog();

    await user.selectOptions(menu(), 'redirect');
    await user.type(field(), 'users wait');
    await user.click(send());
    opens();

    expect(asked).toEqual([
      {
        path: '/view',
        body: {
          as: REQUESTER.id,
          values: {
            step: { value: { type: 'static_select', selected_option: option('redirect') } },
            reason: { value: { type: 'plain_text_input', value: 'users wait' } },
            tickets: { value: { type: 'number_input', value: null } },
          },
        },
      },
    ]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is sent with Enter in a field', async () => {
    const { user, asked } = openDialog([reason]);

    await user.type(field(), 'users wait{Enter}');

    expect(asked).toHaveLength(1);
  });

  it('is sent once, however often it is asked while the answer is awaited', async () => {
    const { user, asked, waits } = openDialog([reason]);
    const say = waits();
    await user.type(field(), 'users wait');

    await user.dblClick(send());
    await user.click(send());
    await say();

    expect(asked).toHaveLength(1);
  });

  it('gives the focus back to where it was', async () => {
    const { user } = openChat();
    await user.click(composer());
    dialogs += 1;
    opens(dialog(`V${dialogs}`, [reason]));
    const within = document.activeElement === field();

    opens();

    expect(within).toBe(true);
    expect(document.activeElement).toBe(composer());
  });

  it('pushed on top of another covers it, and what was filled in below is kept', async () => {
    const { user, id } = openDialog([reason]);
    await user.type(field(), 'users wait');
    const below = dialog(id, [reason]);

    opens(below, dialog(`${id}-top`, [note], { title: plain('Sure?') as never }));
    const covered = screen.queryByRole('dialog', { name: 'Skip a step' });
    opens(below);

    expect(covered).toBeNull();
    expect(field().value).toBe('users wait');
  });

  it('is its person’s alone, and keeps what was filled in while somebody else is looked at', async () => {
    const { user } = openDialog([reason]);
    await user.type(field(), 'users wait');

    await user.click(person(/^approver/i));
    const ofAnother = screen.queryByRole('dialog');
    const pointedAt = screen.queryByRole('radio', { name: /requester.*a dialog is open/i });
    await user.click(person(/^requester/i));

    expect(ofAnother).toBeNull();
    expect(pointedAt).not.toBeNull();
    expect(field().value).toBe('users wait');
  });
});

describe('a required field that was left empty', () => {
  it('is refused in place, without asking anybody, and takes the focus', async () => {
    const { user, asked } = openDialog();
    await user.selectOptions(menu(), 'redirect');

    await user.click(send());

    expect(asked).toEqual([]);
    expect(wrongWith(field())).toBe('Please complete this required field.');
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(field());
    expect(menu().getAttribute('aria-invalid')).not.toBe('true');
  });

  it('is right again once it is filled in, and the others stay wrong', async () => {
    const { user } = openDialog();
    await user.click(send());

    await user.selectOptions(menu(), 'redirect');

    expect(wrongWith(menu())).toBe('');
    expect(wrongWith(field())).toBe('Please complete this required field.');
  });

  it('leads there again each time', async () => {
    const { user } = openDialog([reason]);
    await user.click(send());

    await user.click(send());

    expect(document.activeElement).toBe(field());
  });

  it('of radio buttons leads to the first of them', async () => {
    const choice = inputWith(
      { type: 'radio_buttons', options: [option('yes'), option('no')] },
      { block_id: 'choice', label: plain('Fenced') },
    );
    const { user, asked } = openDialog([choice]);

    await user.click(send());

    expect(asked).toEqual([]);
    expect(document.activeElement).toBe(modal().getByRole('radio', { name: 'yes' }));
  });

  it.each([
    ['three', 'Please enter a number.'],
    ['1.5', 'Please enter a whole number.'],
  ])('is no matter when it is optional; but %j is no count', async (typed, sentence) => {
    const { user, asked } = openDialog([tickets]);
    const count = modal().getByRole('textbox', { name: /Tickets/ });

    await user.type(count, typed);
    await user.click(send());
    const refused = asked.length;
    const said = wrongWith(count);
    await user.clear(count);
    await user.click(send());

    expect(refused).toBe(0);
    expect(said).toContain(sentence);
    expect(asked).toHaveLength(1);
  });
});

describe('what the app answers', () => {
  it('stands at the field that it is about, until that is changed', async () => {
    const { user, answers, id } = openDialog();
    await user.selectOptions(menu(), 'redirect');
    await user.type(field(), 'x');
    answers({ outcome: 'acknowledged', view: dialog(id, []), errors: { reason: 'Say more than that.' } });

    await user.click(send());
    const said = wrongWith(field());
    const focused = document.activeElement;
    await user.selectOptions(menu(), 'promote');
    const still = wrongWith(field());
    await user.type(field(), 'y');

    expect(said).toBe('Say more than that.');
    expect(focused).toBe(field());
    expect(still).toBe(said);
    expect(wrongWith(field())).toBe('');
  });

  it('leads to the field also when the answer took so long that nothing could be filled in', async () => {
    const { user, waits } = openDialog([reason]);
    await user.type(field(), 'x');
    const say = waits();

    await user.click(send());
    await modal().findByRole('button', { name: 'Sending…' });
    const during = field().disabled;
    await say({ outcome: 'acknowledged', errors: { reason: 'Say more than that.' } });

    expect(during).toBe(true);
    await waitFor(() => expect(document.activeElement).toBe(field()));
  });

  it.each([
    ['the app did not answer', { outcome: 'failed', error: 'operation_timeout', text: 'We had some trouble.' }, 200],
    ['the sandbox refused it', { error: 'We had some trouble.' }, 400],
  ])('is one sentence when %s, and everything that was filled in stays', async (_why, body, status) => {
    const { user, answers } = openDialog([reason]);
    await user.type(field(), 'users wait');
    answers(body, status);

    await user.click(send());

    expect(modal().getByRole('alert').textContent).toBe('We had some trouble.');
    expect(field().value).toBe('users wait');
  });
});

describe('closing', () => {
  it.each([
    ['Escape', (user: ReturnType<typeof openChat>['user']) => user.keyboard('{Escape}')],
    ['its own button', (user: ReturnType<typeof openChat>['user']) => user.click(modal().getByText('Cancel'))],
    ['the cross', (user: ReturnType<typeof openChat>['user']) => user.click(modal().getByLabelText('Close'))],
  ])('with %s tells the sandbox, and nothing is sent', async (_how, close) => {
    const { user, asked } = openDialog();

    await close(user);

    expect(asked).toEqual([{ path: '/view', body: { as: REQUESTER.id, close: true } }]);
  });

  it('works with Escape also after a click beside the fields', async () => {
    const { user, asked } = openDialog();

    await user.click(modal().getByText('Nothing runs before it is sent.'));
    await user.keyboard('{Escape}');

    expect(asked).toMatchObject([{ body: { close: true } }]);
  });

  it('is possible while it is being sent', async () => {
    const { user, asked, waits } = openDialog([reason]);
    await user.type(field(), 'users wait');
    const say = waits();

    await user.click(send());
    await user.click(modal().getByText('Cancel'));
    await say();

    expect(asked.map(({ body }) => body.close === true)).toEqual([false, true]);
  });

  it('says when it did not work', async () => {
    const { user, answers } = openDialog();
    answers({ error: 'requester has no dialog open.' }, 400);

    await user.keyboard('{Escape}');

    expect(modal().getByRole('alert').textContent).toBe('requester has no dialog open.');
  });
});
