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

function letters(word: string): string {
  return word.split('').sort().join('');
}
