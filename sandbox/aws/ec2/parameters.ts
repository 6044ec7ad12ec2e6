import { AwsError } from '../errors.ts';
import { decodeQuery } from '../query/decode.ts';

export type Tree = ReturnType<typeof decodeQuery>;

export function treeOf(parameters: URLSearchParams): Tree {
  return decodeQuery(parameters);
}

/** A list as EC2 writes it: `RegionName.1=us-east-1`. */
export function listOf(value: Tree | string | undefined): string[] {
  if (typeof value !== 'object') return [];
  return numbered(value).filter((item) => typeof item === 'string');
}

/**
 * Whether something passes the request's filters, told by its values. Throws InvalidParameterValue for a filter that is
 * not one of `known`.
 */
export function filtersOf(
  parameters: Tree,
  known: readonly string[],
): (values: Record<string, string | undefined>) => boolean {
  const filters = (typeof parameters.Filter === 'object' ? numbered(parameters.Filter) : []).map((filter) => {
    const { Name, Value } = typeof filter === 'object' ? filter : {};
    if (typeof Name !== 'string' || !known.includes(Name)) {
      throw new AwsError('InvalidParameterValue', `The filter '${typeof Name === 'string' ? Name : ''}' is invalid`);
    }
    return { name: Name, values: listOf(Value) };
  });
  return (values) => filters.every(({ name, values: wanted }) => wanted.includes(values[name] ?? ''));
}

function numbered(tree: Tree): (Tree | string)[] {
  return Object.entries(tree)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);
}
