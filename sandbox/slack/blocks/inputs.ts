import { z } from 'zod';
import { dispatchActionConfig } from './composition.ts';
import * as selects from './selects.ts';
import { actionId, blockId, plainText } from './text.ts';

const field = {
  ...actionId,
  placeholder: plainText(150).optional(),
  focus_on_load: z.boolean().optional(),
  dispatch_action_config: dispatchActionConfig.optional(),
};

export const plainTextInput = z
  .strictObject({
    type: z.literal('plain_text_input'),
    ...field,
    initial_value: z.string().max(3000).optional(),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3000).optional(),
    max_length: z.int().min(1).max(3000).optional(),
  })
  .refine(({ min_length = 0, max_length = 3000 }) => min_length <= max_length, {
    path: ['min_length'],
    error: 'cannot be greater than max_length',
  });

const numeral = z.string().regex(/^-?\d+(\.\d+)?$/, 'must be a valid number');

export const numberInput = z
  .strictObject({
    type: z.literal('number_input'),
    ...field,
    is_decimal_allowed: z.boolean(),
    initial_value: numeral.optional(),
    min_value: numeral.optional(),
    max_value: numeral.optional(),
  })
  .refine(({ min_value = '-Infinity', max_value = 'Infinity' }) => Number(min_value) <= Number(max_value), {
    path: ['min_value'],
    error: 'cannot be greater than max_value',
  });

export const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  ...field,
  initial_value: z.string().optional(),
});

export const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  ...field,
  initial_value: z.string().optional(),
});

/** https://docs.slack.dev/reference/block-kit/blocks/input-block */
export const inputBlock = z.strictObject({
  type: z.literal('input'),
  ...blockId,
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: z.discriminatedUnion('type', [
    plainTextInput,
    numberInput,
    emailInput,
    urlInput,
    ...selects.CHOICES,
    selects.datetimepicker,
  ]),
});
