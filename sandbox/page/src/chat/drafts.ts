import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/** As many sent lines are remembered of each person. */
const MOST_SENT = 50;

interface Drafts {
  /** What was typed and not yet sent, by `<person>/<channel>`, and `/<thread>` for a reply. */
  drafts: Record<string, string>;
  /** What each person sent, oldest first; arrow up brings it back. */
  sent: Record<string, string[]>;
  write(key: string, text: string): void;
  /** Forgets the draft, unless it was written on meanwhile, and remembers the line for its author. */
  finish(key: string, person: string, text: string): void;
}

/** What belongs to the composers of this browser; it outlives a reload. */
export const useDrafts = create<Drafts>()(
  persist(
    (set) => ({
      drafts: {},
      sent: {},
      write: (key, text) => set(({ drafts }) => ({ drafts: withDraft(drafts, key, text) })),
      finish: (key, person, text) =>
        set(({ drafts, sent }) => ({
          drafts: drafts[key] === text ? withDraft(drafts, key, '') : drafts,
          sent: { ...sent, [person]: withSent(sent[person] ?? [], text) },
        })),
    }),
    { name: 'lifeboat-drafts', version: 1 },
  ),
);

export function draftKey(person: string, channel: string, thread?: string): string {
  return thread === undefined ? `${person}/${channel}` : `${person}/${channel}/${thread}`;
}

function withDraft(drafts: Record<string, string>, key: string, text: string): Record<string, string> {
  const { [key]: _before, ...others } = drafts;
  return text === '' ? others : { ...others, [key]: text };
}

/** The same line twice in a row is remembered once. Pure. */
function withSent(lines: string[], text: string): string[] {
  const line = text.trim();
  if (line === '' || lines.at(-1) === line) return lines;
  return [...lines, line].slice(-MOST_SENT);
}
