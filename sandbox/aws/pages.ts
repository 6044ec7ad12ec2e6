import { AwsError } from './errors.ts';

/**
 * One page of `items` in the order of their keys, and the marker of the next. The marker names the last key given,
 * so that what comes or goes meanwhile does not shift the pages. Throws `invalid` for a marker nobody gave out.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  size: number,
  marker: string | undefined,
  invalid: AwsError = new AwsError('InvalidParameterValue', 'Invalid marker'),
): { items: T[]; marker: string | undefined } {
  const after = marker === undefined ? undefined : decode(marker);
  if (marker !== undefined && after === undefined) throw invalid;
  const sorted = items.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  const rest = after === undefined ? sorted : sorted.filter((item) => compare(keyOf(item), after) > 0);
  const given = rest.slice(0, size);
  const last = given.at(-1);
  return { items: given, marker: last !== undefined && rest.length > size ? encode(keyOf(last)) : undefined };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const encode = (key: string) => Buffer.from(`after:${key}`).toString('base64url');

function decode(marker: string): string | undefined {
  const text = Buffer.from(marker, 'base64url').toString('utf8');
  return text.startsWith('after:') ? text.slice('after:'.length) : undefined;
}
