import type { Snapshot } from '../../../control/wire.ts';

/** What a half of the page would say on its tab while the other one is shown. */
export interface HalfMark {
  /** As it stands on the tab. */
  text: string;
  /** As it is said. */
  words: string;
  tone: 'calm' | 'bad';
}

/**
 * Messages that this person has not read, of others, in every channel; replies do not count, as in Slack. `read` holds
 * the newest `ts` that was seen, by `<person>/<channel>`. Undefined: none. Pure.
 */
export function chatMark(
  { messages }: Pick<Snapshot, 'messages'>,
  person: string,
  read: Readonly<Record<string, string>>,
): HalfMark | undefined {
  let count = 0;
  for (const [channel, list] of Object.entries(messages)) {
    const seen = read[`${person}/${channel}`] ?? '';
    count += list.filter(
      ({ ts, user, threadTs, broadcast }) =>
        ts > seen && user !== person && (threadTs === undefined || threadTs === ts || broadcast === true),
    ).length;
  }
  if (count === 0) return undefined;
  return { text: count > 99 ? '99+' : String(count), words: `${count} unread`, tone: 'calm' };
}

/** Pages that nobody has acknowledged, or else that users cannot write. Undefined: nothing is to be seen to. Pure. */
export function worldMark({ pages, picture }: Pick<Snapshot, 'pages' | 'picture'>): HalfMark | undefined {
  const waiting = pages.filter(({ status }) => status === 'triggered').length;
  if (waiting > 0) {
    return { text: String(waiting), words: waiting === 1 ? '1 page waits' : `${waiting} pages wait`, tone: 'bad' };
  }
  const { successRate } = picture.client ?? {};
  return successRate !== undefined && successRate < 0.5
    ? { text: '!', words: "users' writes fail", tone: 'bad' }
    : undefined;
}
