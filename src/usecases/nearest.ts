import { nearestWord } from '../domain/nearest.ts';

/** The known word that was probably meant: the only one that begins so (three letters or more), or the nearest. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const [only, ...others] = lower.length >= 3 ? known.filter((candidate) => candidate.startsWith(lower)) : [];
  return only !== undefined && others.length === 0 ? only : nearestWord(word, known);
}
