import type { z } from 'zod';
import type { Block } from '../state.ts';
import { problem } from './problems.ts';
import { messageBlocks, modalBlocks } from './schemas.ts';

/**
 * Slack's undocumented limit on all blocks of a message together, "about 13,200 characters" as users measured it
 * (https://github.com/slackapi/bolt-js/issues/2509, #2867). Counted over the JSON, which fits both reports: text
 * counts, and so do the containers around it.
 */
export const MOST_CHARACTERS_IN_BLOCKS = 13_200;

export type BlocksVerdict =
  | { ok: true; blocks: Block[] }
  | { ok: false; error: 'invalid_blocks_format' | 'invalid_blocks' | 'msg_blocks_too_long'; problems: string[] };

/** Checks blocks as Slack does before it shows them; accepted blocks come back with generated `block_id`s. */
export function validateBlocks(input: unknown, surface: 'message' | 'modal', root = '/blocks'): BlocksVerdict {
  if (!Array.isArray(input) || input.some((block) => typeof block !== 'object' || block === null)) {
    return { ok: false, error: 'invalid_blocks_format', problems: [] };
  }
  const parsed: z.ZodSafeParseResult<object[]> = (surface === 'message' ? messageBlocks : modalBlocks).safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => problem(issue, input, root));
    return { ok: false, error: 'invalid_blocks', problems };
  }
  const blocks = input.map((block: Block) => structuredClone(block));
  const duplicates = [
    ...duplicateBlockIds(blocks, root),
    ...duplicateActionIds(blocks, root),
    ...tooManyTables(blocks, root),
  ];
  if (duplicates.length > 0) return { ok: false, error: 'invalid_blocks', problems: duplicates };
  if (surface === 'message' && JSON.stringify(blocks).length > MOST_CHARACTERS_IN_BLOCKS) {
    return { ok: false, error: 'msg_blocks_too_long', problems: [] };
  }
  return { ok: true, blocks: identify(blocks) };
}

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

function duplicateBlockIds(blocks: Block[], root: string): string[] {
  const ids = blocks.map(({ block_id }) => block_id);
  return ids.flatMap((id, index) =>
    id !== undefined && ids.indexOf(id) < index
      ? [`\`block_id\` already exists for block_id=${id} [json-pointer:${root}/${index}/block_id]`]
      : [],
  );
}

function duplicateActionIds(blocks: Block[], root: string): string[] {
  return blocks.flatMap((block, index) => {
    const ids = elementsOf(block).flatMap(({ action_id }) => (typeof action_id === 'string' ? [action_id] : []));
    const twice = ids.find((id, position) => ids.indexOf(id) < position);
    return twice === undefined
      ? []
      : [`\`action_id\` already exists for action_id=${twice} [json-pointer:${root}/${index}]`];
  });
}

function tooManyTables(blocks: Block[], root: string): string[] {
  const tables = blocks.filter(({ type }) => type === 'table').length;
  return tables > 1 ? [`only_one_table_allowed [json-pointer:${root}]`] : [];
}

/** Slack names what the app left unnamed. The names follow from the position, so that pictures stay comparable. */
function identify(blocks: Block[]): Block[] {
  for (const [index, block] of blocks.entries()) {
    block.block_id ??= `b${index + 1}`;
    for (const [position, element] of elementsOf(block).entries()) element.action_id ??= `a${position + 1}`;
  }
  return blocks;
}
