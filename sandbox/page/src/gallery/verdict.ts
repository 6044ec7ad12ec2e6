import { MOST_CHARACTERS_IN_BLOCKS, validateBlocks } from '../../../slack/blocks/validate.ts';
import type { Drawn, GalleryItem } from './gallery.ts';

export interface Verdict {
  blocks: Use;
  /** Of the blocks as JSON; a modal has no such limit. */
  characters: Use | undefined;
  /** Slack's error and what is wrong, a line each; none when it would be taken. */
  refusal: string[];
}

export interface Use {
  used: number;
  most: number;
}

/** What Slack would say to it, and how much of its limits is used. */
export function verdictOf({ blocks }: Drawn, kind: GalleryItem['kind']): Verdict {
  const surface = kind === 'modal' ? 'modal' : 'message';
  const verdict = blocks.length === 0 ? { ok: true as const } : validateBlocks(blocks, surface);
  return {
    blocks: { used: blocks.length, most: surface === 'modal' ? 100 : 50 },
    characters:
      surface === 'modal' ? undefined : { used: JSON.stringify(blocks).length, most: MOST_CHARACTERS_IN_BLOCKS },
    refusal: verdict.ok ? [] : [verdict.error, ...verdict.problems],
  };
}
