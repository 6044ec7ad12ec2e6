import { elementsOf } from '../blocks/elements.ts';
import type { Block, StateValue, StateValues } from '../state.ts';
import type { FilledIn } from './seen.ts';

/** The value of every input among these blocks, as the person left it or as it was offered. */
export function stateOf(blocks: Block[], filledIn: FilledIn): StateValues {
  const values: StateValues = {};
  for (const block of blocks) {
    const blockId = block.block_id ?? '';
    for (const element of elementsOf(block)) {
      const actionId = String(element.action_id);
      const value = inputValue(element, filledIn[blockId]?.[actionId]);
      if (value) values[blockId] = { ...values[blockId], [actionId]: value };
    }
  }
  return values;
}

/** What a person chose in one element, as payloads carry it; nothing for a button or an overflow menu. */
export function inputValue(element: Block, chosen?: string | string[] | StateValue): StateValue | undefined {
  if (typeof chosen === 'object' && !Array.isArray(chosen)) return chosen;
  const type = element.type;
  const one = Array.isArray(chosen) ? chosen[0] : chosen;
  const several = chosen === undefined ? undefined : [chosen].flat();
  switch (type) {
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type, value: (one ?? element.initial_value ?? '') === '' ? null : (one ?? element.initial_value) };
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: one === undefined ? (element.initial_option ?? null) : option(element, one) };
    case 'multi_static_select':
    case 'checkboxes':
      return {
        type,
        selected_options: several?.map((value) => option(element, value)) ?? element.initial_options ?? [],
      };
    case 'users_select':
      return { type, selected_user: one ?? element.initial_user ?? null };
    case 'multi_users_select':
      return { type, selected_users: several ?? element.initial_users ?? [] };
    case 'conversations_select':
      return { type, selected_conversation: one ?? element.initial_conversation ?? null };
    case 'multi_conversations_select':
      return { type, selected_conversations: several ?? element.initial_conversations ?? [] };
    case 'multi_channels_select':
      return { type, selected_channels: several ?? element.initial_channels ?? [] };
    case 'channels_select':
      return { type, selected_channel: one ?? element.initial_channel ?? null };
    case 'datepicker':
      return { type, selected_date: one ?? element.initial_date ?? null };
    case 'timepicker':
      return { type, selected_time: one ?? element.initial_time ?? null };
    case 'datetimepicker':
      return { type, selected_date_time: one === undefined ? (element.initial_date_time ?? null) : Number(one) };
    default:
      return undefined;
  }
}

/** True when nothing was filled in. */
export function isEmpty(value: StateValue): boolean {
  return Object.entries(value).every(
    ([name, part]) => name === 'type' || part === null || (Array.isArray(part) && part.length === 0),
  );
}

/** The option of a menu by its value, text and all; throws when the menu does not offer it. */
export function option(element: Block, value: string): Block {
  const groups = Array.isArray(element.option_groups) ? element.option_groups : [];
  const options: unknown[] = [element.options, ...groups.map((group: Block) => group.options)].flat();
  const found = options.find((candidate) => isOption(candidate) && candidate.value === value);
  if (isOption(found)) return found;
  const offered = options.filter(isOption).map((candidate) => String(candidate.value));
  throw new Error(`"${value}" is not offered here; choose one of ${offered.join(', ')}`);
}

function isOption(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && 'value' in value;
}
