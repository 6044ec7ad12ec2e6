import type { Message } from '../../../slack/state.ts';

const known = new WeakMap<Message, Set<string>>();

/** True when the message, in its text or its blocks, names this person, or everybody who is here. */
export function mentions(message: Message, person: string): boolean {
  const all = mentionedIn(message);
  return all.has(person) || all.has('everybody');
}

/** Looked up once for each version of a message: a board is asked about for every person, again and again. */
function mentionedIn(message: Message): Set<string> {
  const before = known.get(message);
  if (before) return before;
  const text = `${message.text}\n${message.blocks ? JSON.stringify(message.blocks) : ''}`;
  const people = [...text.matchAll(/<@(\w+)|"user_id":"(\w+)"/g)].map(
    ([, id, idInRichText]) => id ?? idInRichText ?? '',
  );
  const all = new Set(people);
  if (/<!(?:here|channel|everyone)\b|"range":"(?:here|channel|everyone)"/.test(text)) all.add('everybody');
  known.set(message, all);
  return all;
}
