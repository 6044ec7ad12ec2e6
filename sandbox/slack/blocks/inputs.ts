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

const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  ...field,
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
});

const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...field,
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
});

const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  ...field,
  initial_value: z.string().optional(),
});

const urlInput = z.strictObject({
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
    selects.staticSelect,
    selects.multiStaticSelect,
    selects.usersSelect,
    selects.multiUsersSelect,
    selects.conversationsSelect,
    selects.channelsSelect,
    selects.checkboxes,
    selects.radioButtons,
    selects.datepicker,
    selects.timepicker,
    selects.datetimepicker,
  ]),
});
