import type { Block } from '../slack/state.ts';
import type { Names } from './mrkdwn.ts';

/** A rich_text block as lines of plain text. Pure. */
export function richTextLines(block: Block, names: Names): string[] {
  return childrenOf(block).flatMap((element) => elementLines(element, names));
}

/** The objects in `elements`, `rows` or another list of a block. */
export function childrenOf(block: Block, list = 'elements'): Block[] {
  const children = block[list];
  return Array.isArray(children) ? children : [];
}

function elementLines(element: Block, names: Names): string[] {
  switch (element.type) {
    case 'rich_text_list':
      return childrenOf(element).map((item, index) => {
        const mark = element.style === 'ordered' ? `${index + 1}.` : '•';
        return `${'  '.repeat(Number(element.indent ?? 0))}${mark} ${inline(item, names)}`;
      });
    case 'rich_text_quote':
      return inline(element, names)
        .split('\n')
        .map((line) => `> ${line}`);
    default:
      return inline(element, names).split('\n');
  }
}

function inline(element: Block, names: Names): string {
  return childrenOf(element)
    .map((part) => {
      const { text, url, user_id, channel_id, name, range, fallback } = part;
      if (typeof user_id === 'string') return `@${names.person(user_id)}`;
      if (typeof channel_id === 'string') return `#${names.channel(channel_id)}`;
      const words = [text, url, fallback, name, range].find((word) => typeof word === 'string');
      return typeof words === 'string' ? words : '';
    })
    .join('');
}
