import type { KnownBlock } from '@slack/web-api';
import { cut } from '../../blocks/message.ts';
import type { Content } from './ladder.ts';

/** Slack shows texts up to this length well. https://docs.slack.dev/reference/methods/chat.postMessage#truncating */
const LONGEST = 3900;

/**
 * What a message says without its blocks: its text, how to type what its buttons would have sent, and every line that
 * the plainest of its blocks would have shown.
 */
export function plainText({ text, blocks, fallbacks }: Content): string {
  const plainest = fallbacks?.at(-1)?.blocks ?? blocks;
  const lines = plainest.flatMap(textsOf).filter((line) => !says(text, line));
  const parts = [text, ...plainest.flatMap(commandsOf), ...lines].filter((part) => part.trim() !== '');
  return cut(parts.join('\n'), LONGEST);
}

/** The text of a message begins as its blocks do: nothing is said twice. */
function says(text: string, line: string): boolean {
  return text.includes(line.replaceAll('\n', ' '));
}

function textsOf(block: KnownBlock): string[] {
  switch (block.type) {
    case 'section':
      return [...(block.text ? [block.text.text] : []), ...(block.fields ?? []).map((field) => field.text)];
    case 'context':
      return block.elements.flatMap((element) => ('text' in element ? [element.text] : []));
    default:
      return [];
  }
}

/** Values of a menu that a text still names. */
const VALUES_NAMED = 5;

/** Buttons of ours are `dr:<verb>:…` with the arguments as value. */
function commandsOf(block: KnownBlock): string[] {
  if (block.type !== 'actions') return [];
  return block.elements.flatMap((element) => {
    if (!('action_id' in element) || !element.action_id?.startsWith('dr:')) return [];
    const [, verb = '', ...args] = element.action_id.split(':');
    if (element.type === 'static_select') {
      const values = element.options?.map(({ value }) => value ?? '') ?? [];
      const named = values
        .slice(0, VALUES_NAMED)
        .map((value) => `\`${value}\``)
        .join(', ');
      return [`• \`/dr ${verb} ${args.join(':')} …\` with one of ${named}${values.length > VALUES_NAMED ? ', …' : ''}`];
    }
    if (element.type !== 'button') return [];
    return [`• ${element.text.text.replace(/…$/, '')}: \`/dr ${[verb, element.value ?? ''].join(' ').trim()}\``];
  });
}
