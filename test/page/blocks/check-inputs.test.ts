import { describe, expect, it } from '@jest/globals';
import { checkInputs } from '../../../sandbox/page/src/blocks/check-inputs.ts';
import type { Block, StateValue } from '../../../sandbox/slack/state.ts';

const block = (element: object, more: object = {}): Block => ({
  type: 'input',
  block_id: 'in',
  label: { type: 'plain_text', text: 'Reason' },
  element: { action_id: 'value', ...element },
  ...more,
});

const filledIn = (type: string, value: string | null): Record<string, Record<string, StateValue>> => ({
  in: { value: { type, value } },
});

const REQUIRED = 'Please complete this required field.';

describe('what a person is told before a modal is sent', () => {
  it.each([
    ['an empty field', { type: 'plain_text_input' }, null, REQUIRED],
    ['a filled field', { type: 'plain_text_input' }, 'users see errors', undefined],
    ['too short a text', { type: 'plain_text_input', min_length: 3 }, 'no', 'Please write at least 3 characters.'],
    ['too long a text', { type: 'plain_text_input', max_length: 3 }, 'nope', 'Please write at most 3 characters.'],
    ['no number', { type: 'number_input', is_decimal_allowed: true }, 'many', 'Please enter a number.'],
    ['a fraction', { type: 'number_input', is_decimal_allowed: false }, '1.5', 'Please enter a whole number.'],
    ['an allowed fraction', { type: 'number_input', is_decimal_allowed: true }, '-1.5', undefined],
    ['too little', { type: 'number_input', is_decimal_allowed: false, min_value: '2' }, '1', 'Please enter 2 or more.'],
    ['too much', { type: 'number_input', is_decimal_allowed: false, max_value: '9' }, '10', 'Please enter 9 or less.'],
    ['no mail address', { type: 'email_text_input' }, 'ada@', 'Please enter a valid email address.'],
    ['a mail address', { type: 'email_text_input' }, 'ada@example.com', undefined],
    ['no web address', { type: 'url_text_input' }, 'javascript:alert(1)', 'Please enter a valid URL.'],
    ['a web address', { type: 'url_text_input' }, 'https://example.com/x', undefined],
  ])('%s', (_name, element, value, expected) => {
    const problems = checkInputs([block(element)], filledIn(element.type, value));

    expect(problems).toEqual(expected === undefined ? {} : { in: expected });
  });

  it.each([
    ['that nobody chose from', { type: 'static_select', options: [] }, REQUIRED],
    ['with something chosen at first', { type: 'users_select', initial_user: 'U1' }, undefined],
    ['of several with none chosen', { type: 'multi_users_select' }, REQUIRED],
  ])('a menu %s', (_name, element, expected) => {
    const problems = checkInputs([block(element)], {});

    expect(problems).toEqual(expected === undefined ? {} : { in: expected });
  });

  it('lets an optional field be empty, but not wrong', () => {
    const email = block({ type: 'email_text_input' }, { optional: true });

    expect(checkInputs([email], {})).toEqual({});
    expect(checkInputs([email], filledIn('email_text_input', 'x'))).toEqual({
      in: 'Please enter a valid email address.',
    });
  });

  it('asks nothing of what is no input', () => {
    expect(checkInputs([{ type: 'divider', block_id: 'd' }], {})).toEqual({});
  });
});
