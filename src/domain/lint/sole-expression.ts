import { locatedReferences, splitTemplate } from '../expression-syntax.ts';

/** The single expression that a string consists of, if it is one. */
export function soleExpression(text: string): string | undefined {
  try {
    const parts = splitTemplate(text);
    const [only] = parts;
    return parts.length === 1 && only && 'expression' in only && locatedReferences(only.expression)
      ? only.expression
      : undefined;
  } catch {
    return undefined;
  }
}
