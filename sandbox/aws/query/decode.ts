import { z } from 'zod';

type Tree = { [name: string]: Tree | string };

/**
 * The parameters of the Query protocol as nested objects: `Filters.Filter.1.Name=engine` becomes
 * `{ Filters: { Filter: { 1: { Name: 'engine' } } } }`; `list()` turns the numbered level into an array.
 */
export function decodeQuery(parameters: URLSearchParams): Tree {
  const root: Tree = Object.create(null);
  for (const [key, value] of parameters) {
    const path = key.split('.');
    const last = path.pop() ?? '';
    let node = root;
    for (const name of path) {
      const child = node[name];
      if (typeof child === 'object') {
        node = child;
      } else {
        const created: Tree = Object.create(null);
        node[name] = created;
        node = created;
      }
    }
    node[last] = value;
  }
  return root;
}

/** A list whose items are numbered from 1 under `member`: `Targets.member.1`, `Filters.Filter.1`. */
export function list<T extends z.ZodType>(member: string, item: T) {
  return z.preprocess((value) => {
    if (value === '') return [];
    if (typeof value !== 'object' || value === null) return value;
    const numbered: unknown = Reflect.get(value, member);
    if (typeof numbered !== 'object' || numbered === null) return [];
    return Object.entries(numbered)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, entry]) => entry);
  }, z.array(item));
}

/** A whole number as the Query protocol writes it. */
export const integer = z
  .string()
  .regex(/^-?\d+$/, 'must be a whole number')
  .transform(Number);

/** As the Query protocol writes it. */
export const boolean = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
