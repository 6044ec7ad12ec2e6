import type { Path, Problem, SourceFile } from '../catalogue.ts';

/** A mistake at a path of a file, before it has a line and a column. */
export interface Mistake {
  path: Path;
  /** Whether the key or its value is meant. */
  at?: 'key' | 'value';
  /** One sentence. */
  message: string;
  suggestion?: string;
}

/** The mistake where it stands. */
export function toProblem(source: SourceFile, { path, at, message, suggestion }: Mistake): Problem {
  const place = source.locate(path, at);
  return { file: source.file, ...place, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** `a, b or c` */
export function alternatives(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '');
}

/** A suggestion, where there is something to suggest. */
export function suggest(word: string | undefined): { suggestion?: string } {
  return word === undefined ? {} : { suggestion: `Did you mean ${word}?` };
}
