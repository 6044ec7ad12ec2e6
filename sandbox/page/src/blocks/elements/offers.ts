import type { Channel, Person } from '../../../../slack/state.ts';
import type { MultiSelect, Select } from '../block-kit.ts';

/** What a menu offers, below a heading where it has groups. */
export interface Offer {
  label: string;
  options: { value: string; text: string; description?: string | undefined }[];
}

/** The options of a menu; those of people and channels are whoever and whatever there is. */
export function offersOf(select: Select | MultiSelect, people: Person[], channels: Channel[]): Offer[] {
  switch (select.type) {
    case 'static_select':
    case 'multi_static_select': {
      const groups = select.option_groups ?? [{ label: { text: '' }, options: select.options ?? [] }];
      return groups.map(({ label, options }) => ({
        label: label.text,
        options: options.map(({ value, text, description }) => ({
          value,
          text: text.text,
          description: description?.text,
        })),
      }));
    }
    case 'users_select':
    case 'multi_users_select':
      return [{ label: '', options: people.map(({ id, realName }) => ({ value: id, text: realName })) }];
    case 'channels_select':
    case 'multi_channels_select':
      return [{ label: '', options: channels.filter(({ directTo }) => directTo === undefined).map(named) }];
    case 'conversations_select':
    case 'multi_conversations_select':
      return [{ label: '', options: channels.map(named) }];
  }

  function named({ id, name, directTo }: Channel) {
    const person = people.find((candidate) => candidate.id === directTo);
    return { value: id, text: directTo === undefined ? `#${name}` : (person?.realName ?? name) };
  }
}

/** Which options a value of Slack's names, by their values. */
export function chosenIn(value: Record<string, unknown>): string[] {
  const { type: _type, ...parts } = value;
  return Object.values(parts)
    .flat()
    .flatMap((part) => {
      if (typeof part === 'string') return [part];
      if (typeof part === 'object' && part !== null && 'value' in part) return [String(part.value)];
      return [];
    });
}
