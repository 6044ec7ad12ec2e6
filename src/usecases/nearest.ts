import { closest, distance } from 'fastest-levenshtein';

/**
 * The known word that was probably meant, or undefined when none is near: up to half of its letters may
 * differ (two letters swapped are two).
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const prefixed = lower.length >= 3 ? known.filter((candidate) => candidate.startsWith(lower)) : [];
  if (prefixed.length === 1) return prefixed[0];
  const match = closest(lower, known);
  return distance(lower, match) <= Math.floor(match.length / 2) ? match : undefined;
}
