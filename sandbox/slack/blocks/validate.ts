import type { z } from 'zod';
import type { Block } from '../state.ts';
import { elementsOf } from './elements.ts';
import { problem } from './problems.ts';
import { messageBlocks, modalBlocks } from './schemas.ts';
import { MOST_MARKDOWN } from './simple.ts';

export { elementsOf };

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
  const together = [
    ...duplicateBlockIds(blocks, root),
    ...duplicateActionIds(blocks, root),
    ...tooManyTables(blocks, root),
    ...tooMuchMarkdown(blocks, root),
    ...severalFocused(blocks, root),
  ];
  if (together.length > 0) return { ok: false, error: 'invalid_blocks', problems: together };
  if (surface === 'message' && JSON.stringify(blocks).length > MOST_CHARACTERS_IN_BLOCKS) {
    return { ok: false, error: 'msg_blocks_too_long', problems: [] };
  }
  return { ok: true, blocks: identify(blocks) };
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

function tooMuchMarkdown(blocks: Block[], root: string): string[] {
  const characters = blocks.reduce((sum, { type, text }) => sum + (type === 'markdown' ? String(text).length : 0), 0);
  return characters > MOST_MARKDOWN
    ? [`no more than ${MOST_MARKDOWN} characters allowed in all markdown blocks [json-pointer:${root}]`]
    : [];
}

/** Only one element may be where typing begins. */
function severalFocused(blocks: Block[], root: string): string[] {
  const focused = blocks.flatMap(elementsOf).filter(({ focus_on_load }) => focus_on_load === true).length;
  return focused > 1 ? [`only one element may have focus_on_load [json-pointer:${root}]`] : [];
}

/** Slack names what the app left unnamed. The names follow from the position, so that pictures stay comparable. */
function identify(blocks: Block[]): Block[] {
  for (const [index, block] of blocks.entries()) {
    block.block_id ??= `b${index + 1}`;
    for (const [position, element] of elementsOf(block).entries()) element.action_id ??= `a${position + 1}`;
  }
  return blocks;
}
