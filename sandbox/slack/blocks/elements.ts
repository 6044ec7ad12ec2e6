import type { Block } from '../state.ts';

/** The interactive elements of one block. */
export function elementsOf(block: Block): Block[] {
  const candidates = [block.elements, block.accessory, block.element].flat();
  return candidates.filter((element): element is Block => isBlock(element) && !NOT_INTERACTIVE.has(element.type));
}

const NOT_INTERACTIVE = new Set([
  'image',
  'mrkdwn',
  'plain_text',
  'rich_text_section',
  'rich_text_list',
  'rich_text_preformatted',
  'rich_text_quote',
]);

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
