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

interface Offer {
  options?: { value: string }[] | undefined;
  option_groups?: { options: { value: string }[] }[] | undefined;
  initial_option?: { value: string } | undefined;
  initial_options?: { value: string }[] | undefined;
}

/** What is chosen at first is one of what is offered. */
const choosesOffered = ({ options = [], option_groups = [], initial_option, initial_options = [] }: Offer) => {
  const offered = new Set([...options, ...option_groups.flatMap((group) => group.options)].map(({ value }) => value));
  return [...initial_options, ...(initial_option ? [initial_option] : [])].every(({ value }) => offered.has(value));
};
const notOffered = { path: ['initial_option'], error: 'must be one of the provided options' };
const severalNotOffered = { ...notOffered, path: ['initial_options'] };

export const staticSelect = z
  .strictObject({ type: z.literal('static_select'), ...menu, ...options, initial_option: option.optional() })
  .refine(oneOfOptions, 'must provide either options or option_groups')
  .refine(choosesOffered, notOffered);

export const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...menu,
    ...options,
    initial_options: z.array(option).optional(),
    max_selected_items: z.int().min(1).optional(),
  })
  .refine(oneOfOptions, 'must provide either options or option_groups')
  .refine(choosesOffered, severalNotOffered);

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

export const multiConversationsSelect = z.strictObject({
  type: z.literal('multi_conversations_select'),
  ...menu,
  initial_conversations: z.array(z.string()).optional(),
  default_to_current_conversation: z.boolean().optional(),
  max_selected_items: z.int().min(1).optional(),
  filter: z.record(z.string(), z.unknown()).optional(),
});

export const multiChannelsSelect = z.strictObject({
  type: z.literal('multi_channels_select'),
  ...menu,
  initial_channels: z.array(z.string()).optional(),
  max_selected_items: z.int().min(1).optional(),
});

export const checkboxes = z
  .strictObject({
    type: z.literal('checkboxes'),
    ...shared,
    options: z.array(richOption).min(1).max(10),
    initial_options: z.array(richOption).min(1).optional(),
  })
  .refine(choosesOffered, severalNotOffered);

export const radioButtons = z
  .strictObject({
    type: z.literal('radio_buttons'),
    ...shared,
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.optional(),
  })
  .refine(choosesOffered, notOffered);

export const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  ...menu,
  initial_date: z.iso.date('must be a valid date').optional(),
});

export const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...menu,
  initial_time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a valid time')
    .optional(),
  timezone: z.string().optional(),
});

export const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...shared,
  /** Unix seconds, ten digits. */
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
});

/** What sections, actions and inputs all take; a section takes no datetimepicker. */
export const CHOICES = [
  staticSelect,
  multiStaticSelect,
  usersSelect,
  multiUsersSelect,
  conversationsSelect,
  multiConversationsSelect,
  channelsSelect,
  multiChannelsSelect,
  checkboxes,
  radioButtons,
  datepicker,
  timepicker,
] as const;
