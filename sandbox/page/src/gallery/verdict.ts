import { MOST_CHARACTERS_IN_BLOCKS, validateBlocks } from '../../../slack/blocks/validate.ts';
import type { Drawn, GalleryItem } from './gallery.ts';

/** Slack cuts a longer text off: https://docs.slack.dev/reference/methods/chat.postMessage#truncating */
const MOST_TEXT = 40_000;
/** https://developer.pagerduty.com/docs/send-alert-event#parameters */
const MOST_SUMMARY = 1024;

export interface Verdict {
  by: 'Slack' | 'PagerDuty';
  /** Nothing for a message without any. */
  blocks: Use | undefined;
  /** Of the blocks as JSON, or of the text where there are none; a modal has no such limit. */
  characters: Use | undefined;
  /** The error and what is wrong, a line each; none when it would be taken. */
  refusal: string[];
}

export interface Use {
  used: number;
  most: number;
}

/** What Slack, or PagerDuty of a page, would say to it, and how much of its limits is used. */
export function verdictOf({ text, blocks }: Drawn, kind: GalleryItem['kind']): Verdict {
  if (kind === 'page') return pageVerdict(text);
  if (blocks.length === 0) return textAlone(text);
  const surface = kind === 'modal' ? 'modal' : 'message';
  const verdict = validateBlocks(blocks, surface);
  return {
    by: 'Slack',
    blocks: { used: blocks.length, most: surface === 'modal' ? 100 : 50 },
    characters:
      surface === 'modal' ? undefined : { used: JSON.stringify(blocks).length, most: MOST_CHARACTERS_IN_BLOCKS },
    refusal: verdict.ok ? [] : [verdict.error, ...verdict.problems],
  };
}

function textAlone(text: string): Verdict {
  const refusal = text === '' ? ['no_text'] : text.length > MOST_TEXT ? ['msg_too_long'] : [];
  return { by: 'Slack', blocks: undefined, characters: { used: text.length, most: MOST_TEXT }, refusal };
}

function pageVerdict(text: string): Verdict {
  const used = text.split('\n')[0]?.length ?? 0;
  const refusal = used > MOST_SUMMARY ? ['the summary is too long'] : [];
  return { by: 'PagerDuty', blocks: undefined, characters: { used, most: MOST_SUMMARY }, refusal };
}
