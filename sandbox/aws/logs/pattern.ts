import { AwsError } from '../errors.ts';

const TERM = /\s*(?:([?-]?)(?:"((?:[^"\\]|\\.)*)"|([\w.:/*-]+)))/y;
const SELECTOR = /^\{\s*\$\.([\w.]+)\s*(=|!=)\s*"([^"]*)"\s*\}$/;

/**
 * What CloudWatch Logs makes of a filter pattern: terms that must all be there, `?term` of which one must be, `-term` that
 * must not, and `{ $.field = "value" }` of a line that is JSON (`*` stands for anything). Matches are of exact case.
 * Throws InvalidParameterException for a pattern that it cannot read.
 */
export function matcherOf(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  const selector = SELECTOR.exec(text);
  if (selector) return selects(selector[1] ?? '', selector[2] === '=', selector[3] ?? '');
  const all: string[] = [];
  const any: string[] = [];
  const none: string[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const match = TERM.exec(text);
    if (!match) throw new AwsError('InvalidParameterException', 'Invalid filter pattern');
    const term = match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? '';
    (match[1] === '?' ? any : match[1] === '-' ? none : all).push(term);
  }
  return (message) =>
    all.every((term) => message.includes(term)) &&
    !none.some((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term)));
}

function selects(field: string, equal: boolean, wanted: string): (message: string) => boolean {
  const shape = new RegExp(`^${wanted.split('*').map(literal).join('.*')}$`, 's');
  return (message) => {
    const value = fieldOf(message, field.split('.'));
    return value !== undefined && shape.test(value) === equal;
  };
}

function fieldOf(message: string, path: string[]): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return undefined;
  }
  for (const name of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
