import { MOST_CHARACTERS_IN_BLOCKS, validateBlocks } from '../../../slack/blocks/validate.ts';
import type { Drawn, GalleryItem } from './gallery.ts';

/** Slack cuts a longer text off: https://docs.slack.dev/reference/methods/chat.postMessage#truncating */
const MOST_TEXT = 40_000;

export interface Verdict {
  /** Nothing for a message without any. */
  blocks: Use | undefined;
  /** Of the blocks as JSON, or of the text where there are none; a modal has no such limit. */
  characters: Use | undefined;
  /** Slack's error and what is wrong, a line each; none when it would be taken. */
  refusal: string[];
}

export interface Use {
  used: number;
  most: number;
}

/** What Slack would say to it, and how much of its limits is used. */
export function verdictOf({ text, blocks }: Drawn, kind: GalleryItem['kind']): Verdict {
  if (blocks.length === 0) return textAlone(text);
  const surface = kind === 'modal' ? 'modal' : 'message';
  const verdict = validateBlocks(blocks, surface);
  return {
    blocks: { used: blocks.length, most: surface === 'modal' ? 100 : 50 },
    characters:
      surface === 'modal' ? undefined : { used: JSON.stringify(blocks).length, most: MOST_CHARACTERS_IN_BLOCKS },
    refusal: verdict.ok ? [] : [verdict.error, ...verdict.problems],
  };
}

function textAlone(text: string): Verdict {
  const refusal = text === '' ? ['no_text'] : text.length > MOST_TEXT ? ['msg_too_long'] : [];
  return { blocks: undefined, characters: { used: text.length, most: MOST_TEXT }, refusal };
}
