import { isEmpty, stateOf } from '../../../slack/acts/values.ts';
import type { Block, StateValue, StateValues } from '../../../slack/state.ts';
import type { Input, TextInput } from './block-kit.ts';

/**
 * What Slack's client itself would say before it sends a modal: a sentence by block id, for `errors` of `Blocks`;
 * empty when it can be sent. `state` is what was filled in; untouched inputs count with what they offer.
 */
export function checkInputs(blocks: Block[], state: StateValues): Record<string, string> {
  const values = stateOf(blocks, state);
  const problems: Record<string, string> = {};
  for (const block of blocks) {
    if (block.type !== 'input') continue;
    const { element, optional = false, block_id = '' } = block as unknown as Input;
    const value = values[block_id]?.[String(element.action_id)];
    const problem = problemOf(element, optional, value);
    if (problem !== undefined) problems[block_id] = problem;
  }
  return problems;
}

function problemOf(element: Input['element'], isOptional: boolean, value: StateValue | undefined): string | undefined {
  if (!value || isEmpty(value)) return isOptional ? undefined : 'Please complete this required field.';
  switch (element.type) {
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return typeof value.value === 'string' ? problemOfText(element, value.value) : undefined;
    default:
      return undefined;
  }
}

function problemOfText(input: TextInput, text: string): string | undefined {
  switch (input.type) {
    case 'plain_text_input': {
      const { min_length = 0, max_length = 3000 } = input;
      if (text.length < min_length) return `Please write at least ${min_length} characters.`;
      return text.length > max_length ? `Please write at most ${max_length} characters.` : undefined;
    }
    case 'number_input': {
      const { is_decimal_allowed, min_value, max_value } = input;
      if (!/^-?\d+(\.\d+)?$/.test(text)) return 'Please enter a number.';
      if (!is_decimal_allowed && text.includes('.')) return 'Please enter a whole number.';
      if (min_value !== undefined && Number(text) < Number(min_value)) return `Please enter ${min_value} or more.`;
      return max_value !== undefined && Number(text) > Number(max_value)
        ? `Please enter ${max_value} or less.`
        : undefined;
    }
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text) ? undefined : 'Please enter a valid email address.';
    case 'url_text_input':
      return /^https?:\/\//i.test(text) && URL.canParse(text) ? undefined : 'Please enter a valid URL.';
  }
}
