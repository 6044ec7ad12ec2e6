import { afterEach, describe, expect, it } from '@jest/globals';
import { cleanup, screen } from '@testing-library/react';
import { draw, inputWith, option, plain } from './draw.tsx';

afterEach(cleanup);

describe('an input of a modal', () => {
  it('ties its label, hint and error to the field', () => {
    draw([inputWith({ type: 'plain_text_input' }, { hint: plain('It stands in the report.') })], {
      surface: 'modal',
      errors: { in: 'Please complete this required field.' },
    });

    const field = screen.getByRole('textbox', {
      name: 'Reason',
      description: 'Please complete this required field. It stands in the report.',
    });
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByRole('alert').textContent).toBe('Please complete this required field.');
  });

  it.each([
    ['several lines', { type: 'plain_text_input', multiline: true, max_length: 5 }, 'one\ntwo', 'one\nt'],
    ['one line', { type: 'plain_text_input' }, 'one', 'one'],
    ['a number', { type: 'number_input', is_decimal_allowed: false }, '12', '12'],
    ['a mail address', { type: 'email_text_input' }, 'a@example.com', 'a@example.com'],
    ['a web address', { type: 'url_text_input' }, 'https://example.com', 'https://example.com'],
  ])('takes %s, and tells the app nothing before it is sent', async (_name, element, typed, kept) => {
    const { user, actions, states } = draw([inputWith(element)], { surface: 'modal' });

    await user.type(screen.getByRole('textbox', { name: 'Reason' }), typed);

    expect(states.at(-1)).toEqual({ in: { value: { type: element.type, value: kept } } });
    expect(actions).toEqual([]);
  });

  it('is empty again after everything was deleted, and not what was offered', async () => {
    const { user, states } = draw([inputWith({ type: 'plain_text_input', initial_value: 'users see errors' })]);

    await user.clear(screen.getByRole('textbox'));

    expect(states.at(-1)).toEqual({ in: { value: { type: 'plain_text_input', value: null } } });
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('');
  });

  it('names every other kind of field by its label', () => {
    const kinds = [
      { type: 'static_select', options: [option('a')] },
      { type: 'multi_static_select', options: [option('a')] },
      { type: 'checkboxes', options: [option('a')] },
      { type: 'radio_buttons', options: [option('a')] },
      { type: 'datepicker' },
    ];

    draw(
      kinds.map((element, index) => inputWith(element, { block_id: `in${index}`, label: plain(`Field ${index}`) })),
      { surface: 'modal' },
    );

    expect(screen.getByRole('combobox', { name: 'Field 0' })).toBeTruthy();
    expect(screen.getByRole('button', { name: /^Field 1/ })).toBeTruthy();
    expect(screen.getByRole('group', { name: 'Field 2' })).toBeTruthy();
    expect(screen.getByRole('group', { name: 'Field 3' })).toBeTruthy();
    expect(screen.getByLabelText('Field 4')).toBeTruthy();
  });

  it('can be left out when it is optional', async () => {
    const { user, states } = draw([
      inputWith({ type: 'static_select', options: [option('a')], initial_option: option('a') }, { optional: true }),
    ]);

    await user.selectOptions(screen.getByRole('combobox'), '');

    expect(screen.getByText('(optional)')).toBeTruthy();
    expect(states.at(-1)).toEqual({ in: { value: { type: 'static_select', selected_option: null } } });
  });

  it.each([
    ['Enter', undefined, 1],
    ['each letter', { trigger_actions_on: ['on_character_entered'] }, 2],
  ])('tells the app on %s where its block says so', async (_name, dispatch_action_config, times) => {
    const { user, actions } = draw([
      inputWith({ type: 'plain_text_input', dispatch_action_config }, { dispatch_action: true }),
    ]);

    await user.type(screen.getByRole('textbox'), 'ok{Enter}');

    expect(actions).toHaveLength(times);
    expect(actions.at(-1)).toMatchObject({ value: 'ok', state: { in: { value: { value: 'ok' } } } });
  });

  it('shows what it is given, and leaves the rest to whoever keeps the state', async () => {
    const state = { in: { value: { type: 'plain_text_input', value: 'kept' } } };
    const { user, states } = draw([inputWith({ type: 'plain_text_input' })], { state });

    await user.type(screen.getByRole('textbox'), '!');

    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('kept');
    expect(states.at(-1)?.in?.value?.value).toBe('kept!');
  });
});
