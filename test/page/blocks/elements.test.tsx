import { afterEach, describe, expect, it } from '@jest/globals';
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import { actionsWith, draw, mrkdwn, option, plain } from './draw.tsx';

afterEach(cleanup);

const button = (more: object = {}) => ({
  type: 'button',
  action_id: 'approve',
  value: 'INC-1.p1',
  text: plain('Approve'),
  ...more,
});
const confirm = {
  title: plain('Approve plan?'),
  text: mrkdwn('It starts *at once*.'),
  confirm: plain('Approve and start'),
  deny: plain('Not yet'),
};

describe('a button', () => {
  it('tells its action, its block and its value', async () => {
    const { user, actions } = draw([actionsWith(button())]);

    await user.click(screen.getByRole('button', { name: 'Approve' }));

    expect(actions).toEqual([{ actionId: 'approve', blockId: 'act', value: 'INC-1.p1', state: {} }]);
  });

  it('is called what it says it is called', () => {
    draw([actionsWith(button({ accessibility_label: 'Approve plan INC-1.p1' }))]);

    expect(screen.getByRole('button', { name: 'Approve plan INC-1.p1' })).toBeTruthy();
  });

  it('cannot be pressed while an answer is awaited', async () => {
    const { user, actions } = draw([actionsWith(button())], { disabled: true });

    await user.click(screen.getByRole('button', { name: 'Approve' }));

    expect(actions).toEqual([]);
  });

  it('with an address is a link that tells the app too', async () => {
    const { user, actions } = draw([actionsWith(button({ url: 'https://example.com/graph' }))]);
    const link = screen.getByRole('link', { name: 'Approve' });
    link.addEventListener('click', (event) => event.preventDefault());

    await user.click(link);

    expect(link.getAttribute('href')).toBe('https://example.com/graph');
    expect(actions).toHaveLength(1);
  });

  describe('that asks first', () => {
    it('does nothing before the answer, and then what it said', async () => {
      const { user, actions } = draw([actionsWith(button({ confirm }))]);

      await user.click(screen.getByRole('button', { name: 'Approve' }));
      const dialog = screen.getByRole('dialog', { name: 'Approve plan?' });
      const before = actions.length;
      await user.click(within(dialog).getByRole('button', { name: 'Approve and start' }));

      expect(dialog.textContent).toContain('It starts at once.');
      expect(before).toBe(0);
      expect(actions).toMatchObject([{ actionId: 'approve' }]);
      expect(screen.queryByRole('dialog')).toBeNull();
    });

    it.each([
      ['no', () => fireEvent.click(screen.getByRole('button', { name: 'Not yet' }))],
      // What the browser does on Escape.
      ['Escape', () => act(() => screen.getByRole<HTMLDialogElement>('dialog').close())],
    ])('does nothing after %s, and asks again the next time', async (_name, answer) => {
      const { user, actions } = draw([actionsWith(button({ confirm }))]);
      await user.click(screen.getByRole('button', { name: 'Approve' }));

      answer();

      expect(actions).toEqual([]);
      expect(screen.queryByRole('dialog')).toBeNull();
      await user.click(screen.getByRole('button', { name: 'Approve' }));
      expect(screen.getAllByRole('dialog')).toHaveLength(1);
    });

    it('stays while the message is drawn anew, without the button even, and sends what was asked about', async () => {
      const { user, actions, update } = draw([actionsWith(button({ confirm }))]);
      await user.click(screen.getByRole('button', { name: 'Approve' }));

      update([{ type: 'section', block_id: 'now', text: plain('Recovering.') }]);
      await user.click(screen.getByRole('button', { name: 'Approve and start' }));

      expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
      expect(actions).toMatchObject([{ actionId: 'approve', blockId: 'act' }]);
    });

    it('begins at "no", so that Enter pressed twice says nothing', async () => {
      const { user, actions } = draw([actionsWith(button({ confirm: { ...confirm, style: 'danger' } }))]);
      screen.getByRole('button', { name: 'Approve' }).focus();

      await user.keyboard('{Enter}{Enter}');

      expect(actions).toEqual([]);
    });
  });
});

describe('a menu in a message', () => {
  const select = {
    type: 'static_select',
    action_id: 'region',
    placeholder: plain('Which region?'),
    options: [option('us-east-1'), option('us-west-2', 'West')],
  };

  it('tells at once what was chosen', async () => {
    const { user, actions } = draw([actionsWith(select)]);

    await user.selectOptions(screen.getByRole('combobox', { name: 'Which region?' }), 'West');

    expect(actions).toEqual([
      {
        actionId: 'region',
        blockId: 'act',
        value: 'us-west-2',
        state: { act: { region: { type: 'static_select', selected_option: option('us-west-2', 'West') } } },
      },
    ]);
  });

  it('takes the choice back when it is not confirmed', async () => {
    const { user, actions } = draw([actionsWith({ ...select, confirm })]);
    const menu = screen.getByRole<HTMLSelectElement>('combobox');

    await user.selectOptions(menu, 'West');
    await user.click(screen.getByRole('button', { name: 'Not yet' }));

    expect(actions).toEqual([]);
    expect(menu.value).toBe('');
  });

  it('has groups, and what was offered at first', () => {
    draw([
      actionsWith({
        ...select,
        options: undefined,
        option_groups: [{ label: plain('Americas'), options: select.options }],
        initial_option: option('us-east-1'),
      }),
    ]);

    expect(screen.getByRole<HTMLSelectElement>('combobox').value).toBe('us-east-1');
    expect(screen.getByRole('group', { name: 'Americas' })).toBeTruthy();
  });

  it.each([
    ['users_select', ['Robin Requester', 'Ada Approver'], { selected_user: 'U0APPROVER' }, 'Ada Approver'],
    ['channels_select', ['#general'], { selected_channel: 'C0GENERAL' }, '#general'],
    ['conversations_select', ['#general', 'Ada Approver'], { selected_conversation: 'D0ADA' }, 'Ada Approver'],
  ])('%s offers who and what there is', async (type, offered, selected, chosen) => {
    const { user, actions } = draw([actionsWith({ type, action_id: 'who', placeholder: plain('Who?') })]);
    const menu = screen.getByRole('combobox');

    await user.selectOptions(menu, chosen);

    expect(
      within(menu)
        .getAllByRole('option')
        .map((entry) => entry.textContent),
    ).toEqual(offered);
    expect(actions[0]?.state).toEqual({ act: { who: { type, ...selected } } });
  });
});

describe('a menu of several', () => {
  it.each([
    [
      'multi_static_select',
      { options: [option('a', 'One'), option('b', 'Two')] },
      ['One', 'Two'],
      { selected_options: [option('a', 'One'), option('b', 'Two')] },
    ],
    ['multi_users_select', {}, ['Robin Requester', 'Ada Approver'], { selected_users: ['U0REQUESTER', 'U0APPROVER'] }],
    ['multi_channels_select', {}, ['#general'], { selected_channels: ['C0GENERAL'] }],
    [
      'multi_conversations_select',
      {},
      ['#general', 'Ada Approver'],
      { selected_conversations: ['C0GENERAL', 'D0ADA'] },
    ],
  ])('%s tells what was chosen once it is closed', async (type, more, texts, selected) => {
    const { user, actions } = draw([actionsWith({ type, action_id: 'many', placeholder: plain('Which?'), ...more })]);
    const trigger = screen.getByRole('button', { name: 'Which?' });

    await user.click(trigger);
    for (const text of texts) await user.click(screen.getByRole('checkbox', { name: text }));
    const before = actions.length;
    await user.click(trigger);

    expect(before).toBe(0);
    expect(actions).toHaveLength(1);
    expect(actions[0]?.state).toEqual({ act: { many: { type, ...selected } } });
    expect(texts.every((text) => trigger.textContent?.includes(text))).toBe(true);
  });

  it('tells nothing when nothing was changed, and takes no more than it may', async () => {
    const { user, actions } = draw([
      actionsWith({
        type: 'multi_users_select',
        action_id: 'many',
        initial_users: ['U0APPROVER'],
        max_selected_items: 1,
      }),
    ]);
    const trigger = screen.getByRole('button');

    await user.click(trigger);
    const other = screen.getByRole<HTMLInputElement>('checkbox', { name: 'Robin Requester' });
    const isLocked = other.disabled;
    await user.click(trigger);

    expect(isLocked).toBe(true);
    expect(actions).toEqual([]);
  });
});

describe('check boxes and radio buttons', () => {
  const options = [
    { ...option('a', 'First'), description: plain('the one above') },
    { text: mrkdwn('*Second*'), value: 'b' },
  ];

  it('tell all boxes that are checked', async () => {
    const { user, actions } = draw([
      actionsWith({ type: 'checkboxes', action_id: 'c', options, initial_options: [options[0]] }),
    ]);

    await user.click(screen.getByRole('checkbox', { name: 'Second' }));
    await user.click(screen.getByRole('checkbox', { name: 'First', description: 'the one above' }));

    expect(actions.map(({ state }) => state?.act?.c?.selected_options)).toEqual([options, [options[1]]]);
  });

  it('tell the one that is chosen', async () => {
    const { user, actions } = draw([actionsWith({ type: 'radio_buttons', action_id: 'r', options })]);

    await user.click(screen.getByRole('radio', { name: 'Second' }));

    expect(actions).toMatchObject([{ value: 'b', state: { act: { r: { selected_option: options[1] } } } }]);
  });
});

describe('an overflow menu', () => {
  const overflow = {
    type: 'overflow',
    action_id: 'more',
    options: [option('details', 'Details'), { ...option('log', 'Log'), url: 'https://example.com' }],
  };

  it('is opened, walked through with the arrows, and tells what was chosen', async () => {
    const { user, actions } = draw([actionsWith(overflow)]);
    const trigger = screen.getByRole('button', { name: 'More actions' });

    await user.click(trigger);
    await user.keyboard('{ArrowDown}');
    const reached = document.activeElement?.textContent;
    await user.keyboard('{ArrowDown}{Enter}');

    expect(reached).toBe('Log');
    expect(actions).toEqual([{ actionId: 'more', blockId: 'act', value: 'details', state: {} }]);
    expect(trigger.getAttribute('aria-expanded')).toBe('false');
  });
});

describe('dates and times', () => {
  it.each([
    ['datepicker', 'Date', '2026-11-21', { selected_date: '2026-11-21' }, '2026-11-21'],
    ['timepicker', 'Time', '09:30', { selected_time: '09:30' }, '09:30'],
    [
      'datetimepicker',
      'Date and time',
      '2026-11-21T09:30',
      { selected_date_time: Date.UTC(2026, 10, 21, 9, 30) / 1000 },
      String(Date.UTC(2026, 10, 21, 9, 30) / 1000),
    ],
  ])('%s tells once, when the person is done, in UTC', (type, name, typed, selected, value) => {
    const { actions } = draw([actionsWith({ type, action_id: 'when' })]);
    const field = screen.getByLabelText<HTMLInputElement>(name);

    fireEvent.change(field, { target: { value: typed } });
    const before = actions.length;
    fireEvent.blur(field);
    fireEvent.blur(field);

    expect(before).toBe(0);
    expect(actions).toEqual([
      { actionId: 'when', blockId: 'act', value, state: { act: { when: { type, ...selected } } } },
    ]);
    expect(field.value).toBe(typed);
  });

  it('begins with what it offers', () => {
    draw([
      actionsWith({
        type: 'datetimepicker',
        action_id: 'when',
        initial_date_time: Date.UTC(2026, 10, 21, 9, 30) / 1000,
      }),
    ]);

    expect(screen.getByLabelText<HTMLInputElement>('Date and time').value).toBe('2026-11-21T09:30');
  });
});
