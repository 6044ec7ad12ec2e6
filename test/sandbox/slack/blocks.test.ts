import { describe, expect, it } from '@jest/globals';
import { MOST_CHARACTERS_IN_BLOCKS, validateBlocks } from '../../../sandbox/slack/blocks/validate.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const long = (length: number) => 'x'.repeat(length);
const many = <Item>(length: number, make: (index: number) => Item) => Array.from({ length }, (_, index) => make(index));
const option = (value = 'a') => ({ text: plain(value), value });
const options = (length: number) => many(length, (index) => option(`${index}`));
const input = (element: object, more: object = {}) => ({ type: 'input', label: plain('Reason'), element, ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const button = (more: object = {}) => ({ type: 'button', text: plain('Press'), ...more });
const confirm = (more: object = {}) => ({
  title: plain('Sure?'),
  text: mrkdwn('It starts at once.'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...more,
});
const words = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});
const task = (more: object = {}) => ({ type: 'task_card', task_id: 't', title: 'Promote', status: 'pending', ...more });
const cells = (count: number, text = 'x') => many(count, () => ({ type: 'raw_text', text }));

/** What is wrong with one block alone, without its place. */
function wrongWith(block: object, surface: 'message' | 'modal' = 'message'): string[] {
  const verdict = validateBlocks([block], surface);
  return verdict.ok ? [] : [verdict.error, ...verdict.problems];
}

describe('what fits exactly is taken', () => {
  it.each([
    ['a header', { type: 'header', text: plain(long(150)) }],
    ['a section', { type: 'section', text: mrkdwn(long(3000)) }],
    ['fields', { type: 'section', fields: many(10, () => mrkdwn('x')) }],
    ['one field', { type: 'section', fields: [plain(long(2000))] }],
    ['small print', { type: 'context', elements: many(10, () => mrkdwn('x')) }],
    ['buttons', actions(...many(25, (index) => button({ action_id: `${index}` })))],
    ['a button', actions(button({ text: plain(long(75)), value: long(2000), accessibility_label: long(75) }))],
    [
      'a question',
      actions(
        button({
          confirm: confirm({
            title: plain(long(100)),
            text: plain(long(300)),
            confirm: plain(long(30)),
            deny: plain(long(30)),
          }),
        }),
      ),
    ],
    ['an overflow menu', actions({ type: 'overflow', options: options(5) })],
    ['a menu', actions({ type: 'static_select', placeholder: plain(long(150)), options: options(100) })],
    ['groups', actions({ type: 'static_select', option_groups: [{ label: plain(long(75)), options: options(2) }] })],
    ['a menu of conversations', actions({ type: 'multi_conversations_select', initial_conversations: ['C1'] })],
    ['a menu of channels', actions({ type: 'multi_channels_select', max_selected_items: 2 })],
    ['check boxes', actions({ type: 'checkboxes', options: options(10), initial_options: [option('3')] })],
    ['radio buttons', actions({ type: 'radio_buttons', options: options(10), initial_option: option('3') })],
    ['a plan', { type: 'plan', title: 'Plan', tasks: many(50, (index) => task({ task_id: `${index}` })) }],
    ['a task without a status', { type: 'task_card', task_id: 't', title: 'Promote' }],
    [
      'a task with everything',
      task({
        details: words('a'),
        output: words('b'),
        sources: [{ type: 'url', url: 'https://example.com', text: 'c' }],
      }),
    ],
    ['a long table', { type: 'table', rows: many(100, () => cells(1)) }],
    ['a wide table', { type: 'table', rows: [cells(20)] }],
    ['Markdown', { type: 'markdown', text: long(12_000) }],
    [
      'an image',
      { type: 'image', image_url: 'https://example.com/x.png', alt_text: long(2000), title: plain(long(2000)) },
    ],
    ['a field', input({ type: 'plain_text_input', min_length: 3000, max_length: 3000, initial_value: long(3000) })],
    ['a number', input({ type: 'number_input', is_decimal_allowed: true, min_value: '-1.5', max_value: '1.5' })],
  ])('%s', (_name, block) => {
    expect(wrongWith(block)).toEqual([]);
  });

  it('fifty blocks of a message, a hundred of a modal', () => {
    const dividers = (length: number) => many(length, () => ({ type: 'divider' }));

    expect(validateBlocks(dividers(50), 'message').ok).toBe(true);
    expect(validateBlocks(dividers(100), 'modal').ok).toBe(true);
    expect(validateBlocks(dividers(51), 'message').ok).toBe(false);
    expect(validateBlocks(dividers(101), 'modal').ok).toBe(false);
  });

  it('all the characters that the blocks of a message may have, and not one more', () => {
    const block = (length: number) => [
      { type: 'context', block_id: 'b', elements: many(5, () => plain(long(length))) },
    ];
    const around = JSON.stringify(block(0)).length;
    const most = Math.floor((MOST_CHARACTERS_IN_BLOCKS - around) / 5);

    expect(validateBlocks(block(most), 'message').ok).toBe(true);
    expect(validateBlocks(block(most + 1), 'message')).toEqual({
      ok: false,
      error: 'msg_blocks_too_long',
      problems: [],
    });
    expect(validateBlocks(block(most + 1), 'modal').ok).toBe(true);
  });
});

describe('what does not fit is refused, with its place', () => {
  it.each([
    [
      'a header that is too long',
      { type: 'header', text: plain(long(151)) },
      'must be less than 151 characters',
      '/text/text',
    ],
    ['a header in mrkdwn', { type: 'header', text: mrkdwn('x') }, 'must be a valid enum value', '/text/type'],
    [
      'an eleventh field',
      { type: 'section', fields: many(11, () => plain('x')) },
      'no more than 10 items allowed',
      '/fields',
    ],
    [
      'too long a field',
      { type: 'section', fields: [plain(long(2001))] },
      'must be less than 2001 characters',
      '/fields/0/text',
    ],
    [
      'an eleventh piece of small print',
      { type: 'context', elements: many(11, () => plain('x')) },
      'no more than 10 items allowed',
      '/elements',
    ],
    [
      'a button in small print',
      { type: 'context', elements: [button()] },
      'unsupported type: button',
      '/elements/0/type',
    ],
    [
      'a field among buttons',
      actions({ type: 'plain_text_input' }),
      'unsupported type: plain_text_input',
      '/elements/0/type',
    ],
    ['no buttons', actions(), 'no fewer than 1 items allowed', '/elements'],
    [
      'too long a value',
      actions(button({ value: long(2001) })),
      'must be less than 2001 characters',
      '/elements/0/value',
    ],
    [
      'a style that Slack does not know',
      actions(button({ style: 'warning' })),
      'must be a valid enum value',
      '/elements/0/style',
    ],
    [
      'an address that is none',
      actions(button({ url: 'javascript:alert(1)' })),
      'must be a valid URL',
      '/elements/0/url',
    ],
    [
      'a question without a "no"',
      actions(button({ confirm: confirm({ deny: undefined }) })),
      'missing required field: deny',
      '/elements/0/confirm',
    ],
    [
      'too long a "yes"',
      actions(button({ confirm: confirm({ confirm: plain(long(31)) }) })),
      'must be less than 31 characters',
      '/elements/0/confirm/confirm/text',
    ],
    [
      'a sixth way out',
      actions({ type: 'overflow', options: options(6) }),
      'no more than 5 items allowed',
      '/elements/0/options',
    ],
    [
      'options and groups',
      actions({
        type: 'static_select',
        options: options(1),
        option_groups: [{ label: plain('x'), options: options(1) }],
      }),
      'must provide either options or option_groups',
      '/elements/0',
    ],
    [
      'neither options nor groups',
      actions({ type: 'static_select' }),
      'must provide either options or option_groups',
      '/elements/0',
    ],
    [
      'option 101',
      actions({ type: 'static_select', options: options(101) }),
      'no more than 100 items allowed',
      '/elements/0/options',
    ],
    [
      'an eleventh box',
      actions({ type: 'checkboxes', options: options(11) }),
      'no more than 10 items allowed',
      '/elements/0/options',
    ],
    [
      'a choice that is not offered',
      actions({ type: 'static_select', options: options(2), initial_option: option('9') }),
      'must be one of the provided options',
      '/elements/0/initial_option',
    ],
    [
      'boxes that are not offered',
      actions({ type: 'checkboxes', options: options(2), initial_options: [option('9')] }),
      'must be one of the provided options',
      '/elements/0/initial_options',
    ],
    [
      'a day that no month has',
      actions({ type: 'datepicker', initial_date: '2026-02-30' }),
      'must be a valid date',
      '/elements/0/initial_date',
    ],
    [
      'a time that no day has',
      actions({ type: 'timepicker', initial_time: '24:00' }),
      'must be a valid time',
      '/elements/0/initial_time',
    ],
    [
      'a fifty-first task',
      { type: 'plan', title: 'P', tasks: many(51, (index) => task({ task_id: `${index}` })) },
      'no more than 50 items allowed',
      '/tasks',
    ],
    ['a task without an id', task({ task_id: undefined }), 'missing required field: task_id', ''],
    ['a status that Slack does not know', task({ status: 'completed' }), 'must be a valid enum value', '/status'],
    ['details in plain words', task({ details: 'x' }), 'must provide an object', '/details'],
    [
      'a source without words',
      task({ sources: [{ type: 'url', url: 'https://example.com' }] }),
      'missing required field: text',
      '/sources/0',
    ],
    ['a row too many', { type: 'table', rows: many(101, () => cells(1)) }, 'no more than 100 items allowed', '/rows'],
    ['a column too many', { type: 'table', rows: [cells(21)] }, 'no more than 20 items allowed', '/rows/0'],
    [
      'a table of too much text',
      { type: 'table', rows: [cells(11, long(1000))] },
      'no more than 10000 characters allowed in all cells',
      '/rows',
    ],
    ['too much Markdown', { type: 'markdown', text: long(12_001) }, 'must be less than 12001 characters', '/text'],
    ['an image that shows nothing', { type: 'image', alt_text: 'x' }, 'missing required field: image_url', ''],
    [
      'an image without words',
      { type: 'image', image_url: 'https://example.com/x.png' },
      'missing required field: alt_text',
      '',
    ],
    [
      'a field that nothing fits',
      input({ type: 'plain_text_input', min_length: 5, max_length: 4 }),
      'cannot be greater than max_length',
      '/element/min_length',
    ],
    [
      'a number that is none',
      input({ type: 'number_input', is_decimal_allowed: false, initial_value: 'many' }),
      'must be a valid number',
      '/element/initial_value',
    ],
    [
      'bounds the wrong way round',
      input({ type: 'number_input', is_decimal_allowed: false, min_value: '9', max_value: '1' }),
      'cannot be greater than max_value',
      '/element/min_value',
    ],
    ['a button as an input', input(button()), 'unsupported type: button', '/element/type'],
    [
      'an input without a label',
      input({ type: 'email_text_input' }, { label: undefined }),
      'missing required field: label',
      '',
    ],
    ['a notice in a message', { type: 'alert', text: plain('x') }, 'unsupported type: alert', '/type'],
  ])('%s', (_name, block, problem, place) => {
    expect(wrongWith(block)).toEqual(['invalid_blocks', `${problem} [json-pointer:/blocks/0${place}]`]);
  });

  it.each([['plan'], ['task_card'], ['table'], ['markdown']])('a %s in a modal', (type) => {
    expect(wrongWith({ type }, 'modal')).toEqual([
      'invalid_blocks',
      `unsupported type: ${type} [json-pointer:/blocks/0/type]`,
    ]);
  });

  it.each([
    [
      'two tables',
      [
        { type: 'table', rows: [cells(1)] },
        { type: 'table', rows: [cells(1)] },
      ],
      'only_one_table_allowed',
    ],
    [
      'Markdown in two halves',
      [
        { type: 'markdown', text: long(6000) },
        { type: 'markdown', text: long(6001) },
      ],
      'no more than 12000 characters allowed in all markdown blocks',
    ],
    [
      'two fields that are typed into at first',
      many(2, () => input({ type: 'email_text_input', focus_on_load: true })),
      'only one element may have focus_on_load',
    ],
  ])('%s, together', (_name, blocks, problem) => {
    const verdict = validateBlocks(blocks, 'message');

    expect(verdict).toEqual({ ok: false, error: 'invalid_blocks', problems: [`${problem} [json-pointer:/blocks]`] });
  });
});
