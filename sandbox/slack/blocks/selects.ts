import { z } from 'zod';
import { confirmDialog, option, optionGroup, richOption } from './composition.ts';
import { actionId, plainText } from './text.ts';

const shared = {
  ...actionId,
  confirm: confirmDialog.optional(),
  focus_on_load: z.boolean().optional(),
};
const menu = { ...shared, placeholder: plainText(150).optional() };

const options = {
  options: z.array(option).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};
const oneOfOptions = (select: { options?: unknown; option_groups?: unknown }) =>
  (select.options === undefined) !== (select.option_groups === undefined);

export const staticSelect = z
  .strictObject({ type: z.literal('static_select'), ...menu, ...options, initial_option: option.optional() })
  .refine(oneOfOptions, 'must provide either options or option_groups');

export const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...menu,
    ...options,
    initial_options: z.array(option).optional(),
    max_selected_items: z.int().min(1).optional(),
  })
  .refine(oneOfOptions, 'must provide either options or option_groups');

export const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...menu,
  initial_user: z.string().optional(),
});

export const multiUsersSelect = z.strictObject({
  type: z.literal('multi_users_select'),
  ...menu,
  initial_users: z.array(z.string()).optional(),
  max_selected_items: z.int().min(1).optional(),
});

export const conversationsSelect = z.strictObject({
  type: z.literal('conversations_select'),
  ...menu,
  initial_conversation: z.string().optional(),
  default_to_current_conversation: z.boolean().optional(),
  response_url_enabled: z.boolean().optional(),
  filter: z.record(z.string(), z.unknown()).optional(),
});

export const channelsSelect = z.strictObject({
  type: z.literal('channels_select'),
  ...menu,
  initial_channel: z.string().optional(),
  response_url_enabled: z.boolean().optional(),
});

export const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  ...shared,
  options: z.array(richOption).min(1).max(10),
  initial_options: z.array(richOption).optional(),
});

export const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  ...shared,
  options: z.array(richOption).min(1).max(10),
  initial_option: richOption.optional(),
});

export const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  ...menu,
  initial_date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a valid date')
    .optional(),
});

export const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...menu,
  initial_time: z
    .string()
    .regex(/^\d{2}:\d{2}$/, 'must be a valid time')
    .optional(),
  timezone: z.string().optional(),
});

export const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...shared,
  initial_date_time: z.int().optional(),
});
