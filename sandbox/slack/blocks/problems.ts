import type { z } from 'zod';

/** What Slack's `errors` and `response_metadata.messages` say of a zod issue: its words, and a JSON pointer. */
export function problem(issue: z.core.$ZodIssue, input: unknown, root: string): string {
  const path = issue.path.map(String);
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'string'
        ? at(`must be less than ${Number(issue.maximum) + 1} characters`, path)
        : at(`no more than ${issue.maximum} items allowed`, path);
    case 'too_small':
      return issue.origin === 'string'
        ? at(`must be more than ${Number(issue.minimum) - 1} characters`, path)
        : at(`no fewer than ${issue.minimum} items allowed`, path);
    case 'unrecognized_keys':
      return at(`invalid additional property: ${issue.keys.join(', ')}`, path);
    case 'invalid_union':
      return unknownType(input, path);
    case 'invalid_type':
      return valueAt(input, path) === undefined
        ? at(`missing required field: ${path.at(-1) ?? ''}`, path.slice(0, -1))
        : at(`must provide ${article(issue.expected)}`, path);
    case 'invalid_value':
      return valueAt(input, path) === undefined
        ? at(`missing required field: ${path.at(-1) ?? ''}`, path.slice(0, -1))
        : at('must be a valid enum value', path);
    default:
      return at(issue.message, path);
  }

  function at(sentence: string, where: string[]): string {
    return `${sentence} [json-pointer:${[root, ...where].join('/')}]`;
  }

  function unknownType(value: unknown, where: string[]): string {
    const type = valueAt(value, where);
    const parent = where.at(-1) === 'type' ? where.slice(0, -1) : where;
    return type === undefined
      ? at('missing required field: type', parent)
      : at(`unsupported type: ${typeof type === 'string' ? type : JSON.stringify(type)}`, where);
  }
}

function article(expected: string): string {
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function valueAt(input: unknown, path: string[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}
