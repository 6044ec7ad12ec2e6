import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { RowGroup } from './rows.ts';

/** Rows at the end that are drawn at first: more than a screen of short ones. */
const FIRST = 60;
/** As many are kept of a conversation whose end is followed; more would be drawn for nobody. */
const MOST_FOLLOWED = 240;
/** Pixels above the part in sight within which nothing may be missing. */
const AHEAD = 3000;

interface Reader {
  list: RefObject<HTMLDivElement | null>;
  /** True while the newest message is in sight. */
  follows: boolean;
}

interface DrawnGroups {
  groups: RowGroup[];
  /** For an element above the first row, while there are earlier ones: where it comes near, they are drawn. */
  earlier: RefObject<HTMLDivElement | null>;
  hasEarlier: boolean;
}

/**
 * The groups that are drawn: the newest ones, and earlier ones as the reader comes near them. To draw a thousand rows at
 * once would hold the page up at every change of channel. `wish` is the `ts` of a message that must be among them.
 */
export function useDrawnGroups(
  all: RowGroup[],
  conversation: string,
  { list, follows }: Reader,
  wish: string | undefined,
): DrawnGroups {
  const [left, setLeft] = useState({ conversation, out: outOf(all) });
  const earlier = useRef<HTMLDivElement>(null);
  /** Where the first row stood before others came above it, in a list that stood at its very beginning. */
  const anchor = useRef<{ row: Element; top: number }>(undefined);

  const isOther = left.conversation !== conversation;
  let out = isOther ? outOf(all) : Math.min(left.out, all.length);
  const wished = wish === undefined ? -1 : all.findIndex(({ rows }) => rows.some((row) => isSaid(row, wish)));
  if (wished >= 0 && wished < out) out = wished;
  if (isOther || out !== left.out) setLeft({ conversation, out });

  const letGo = useEffectEvent(() => {
    // What has the focus is not taken away, wherever it stands.
    const isUsed = list.current?.querySelector(':focus') != null;
    if (follows && !isUsed && rowsFrom(all, out) > MOST_FOLLOWED) setLeft({ conversation, out: outOf(all) });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is said anew makes a list too long.
  useEffect(letGo, [all]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is looked anew whenever some were added.
  useEffect(() => {
    const element = earlier.current;
    const root = list.current;
    if (!element || !root) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        const row = element.nextElementSibling;
        // Elsewhere the browser itself keeps what is in sight where it is.
        if (row && root.scrollTop <= 0) anchor.current = { row, top: row.getBoundingClientRect().top };
        setLeft((before) => ({ ...before, out: Math.max(0, before.out - 1) }));
      },
      { root, rootMargin: `${AHEAD}px 0px 0px 0px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [conversation, out, list]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useLayoutEffect(() => {
    const before = anchor.current;
    anchor.current = undefined;
    if (!before?.row.isConnected || !list.current) return;
    list.current.scrollTop += before.row.getBoundingClientRect().top - before.top;
  }, [out, list]);

  return { groups: out === 0 ? all : all.slice(out), earlier, hasEarlier: out > 0 };
}

/** How many groups stay out of a conversation that is opened. */
function outOf(all: RowGroup[]): number {
  let out = all.length;
  while (out > 0 && rowsFrom(all, out) < FIRST) out -= 1;
  return out;
}

function rowsFrom(all: RowGroup[], out: number): number {
  let count = 0;
  for (let index = out; index < all.length; index += 1) count += all[index]?.rows.length ?? 0;
  return count;
}

function isSaid(row: RowGroup['rows'][number], ts: string): boolean {
  return row.kind === 'message' && row.said.ts === ts;
}
