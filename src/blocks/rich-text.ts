import type { RichTextBlock, RichTextSection } from '@slack/web-api';

type Inline = RichTextSection['elements'][number];

/** What our sentences hold besides plain words: people as `<@U…>`, and `code`. */
const MARKED = /<@([UW][A-Z0-9]+)>|`([^`\n]+)`/g;

/**
 * A sentence as the one rich_text entity that a task card takes. Nothing in it is markup but people and code: what
 * infrastructure named is shown as it is.
 */
export function richText(sentence: string): RichTextBlock {
  const elements: Inline[] = [];
  let told = 0;
  const say = (text: string) => {
    if (text !== '') elements.push({ type: 'text', text });
  };
  for (const match of sentence.matchAll(MARKED)) {
    say(sentence.slice(told, match.index));
    const [whole, person, code] = match;
    if (person !== undefined) elements.push({ type: 'user', user_id: person });
    else elements.push({ type: 'text', text: code ?? whole, style: { code: true } });
    told = match.index + whole.length;
  }
  say(sentence.slice(told));
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}
