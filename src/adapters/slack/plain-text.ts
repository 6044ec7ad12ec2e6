import type { KnownBlock } from '@slack/web-api';

/** Slack shows texts up to this length well. https://docs.slack.dev/reference/methods/chat.postMessage#truncating */
const LONGEST = 3900;

/** What a message says without its blocks: its text and every line that its blocks would have shown. */
export function plainText({ text, blocks }: { text: string; blocks: KnownBlock[] }): string {
  const parts = [text, ...blocks.flatMap(textsOf)].filter((part) => part.trim() !== '');
  const all = parts.join('\n');
  return all.length > LONGEST ? `${all.slice(0, LONGEST)}…` : all;
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
