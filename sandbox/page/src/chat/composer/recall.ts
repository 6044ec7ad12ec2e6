/** Where somebody is among the lines they sent; absent: at none of them. */
export interface Recall {
  /** Index into the lines. */
  at: number;
  /** What stood in the composer before. */
  draft: string;
}

/** One line further back (-1) or forward (1); behind the newest stands the draft again. Undefined: there is none. Pure. */
export function recall(
  lines: string[],
  from: Recall | undefined,
  step: -1 | 1,
  text: string,
): { text: string; recall: Recall | undefined } | undefined {
  const draft = from?.draft ?? text;
  const at = (from?.at ?? lines.length) + step;
  if (at === lines.length) return from && { text: draft, recall: undefined };
  const line = lines[at];
  return line === undefined ? undefined : { text: line, recall: { at, draft } };
}
