/** One word of a line that is to be split again: whatever has blanks or quotes in it is quoted. */
export function quoteWord(word: string): string {
  return /[\s"']/.test(word) ? `"${word.replaceAll('"', "'")}"` : word;
}
