import { closest, distance } from 'fastest-levenshtein';

/**
 * The known word that was probably meant: up to a third of its letters (at least one) may differ, or stand in another
 * order.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  const candidates = [...known];
  if (candidates.length === 0) return undefined;
  const lower = candidates.map((candidate) => candidate.toLowerCase());
  const meant = word.toLowerCase();
  const match = closest(meant, lower);
  const near = distance(meant, match) <= Math.max(1, Math.floor(match.length / 3)) || letters(meant) === letters(match);
  return near ? candidates[lower.indexOf(match)] : undefined;
}

/** The known word that was probably meant: the only one that begins so (three letters or more), or the nearest. */
export function nearestOrBegun(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const [only, ...others] = lower.length >= 3 ? known.filter((candidate) => candidate.startsWith(lower)) : [];
  return only !== undefined && others.length === 0 ? only : nearestWord(word, known);
}

function letters(word: string): string {
  return word.split('').sort().join('');
}
