import { badRequest } from './status.ts';

type Predicate = (labels: Record<string, string>) => boolean;

/**
 * A label selector of the API (`app=web,tier in (a,b),!canary`) as a predicate over labels; throws 400 where it
 * cannot be read.
 */
export function labelSelector(text: string): Predicate {
  const requirements = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map(requirement);
  return (labels) => requirements.every((holds) => holds(labels));
}

function requirement(text: string): Predicate {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const equality = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(text);
  if (equality) {
    const [, key = '', operator, value] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const existence = /^(!?)\s*([^\s=!()]+)$/.exec(text);
  if (existence) {
    const [, not, key = ''] = existence;
    return (labels) => (labels[key] !== undefined) === (not === '');
  }
  throw badRequest(`unable to parse requirement: found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
}

/** Field selectors that the sandbox knows, over the fields it is given; throws 400 for others as the server does. */
export function fieldSelector(text: string): (fields: Record<string, string | undefined>) => boolean {
  const requirements = text
    .split(',')
    .filter(Boolean)
    .map((part) => {
      const match = /^([\w.]+)(==|=|!=)(.*)$/.exec(part.trim());
      if (!match) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
      const [, field = '', operator, value] = match;
      return { field, equal: operator !== '!=', value };
    });
  return (fields) =>
    requirements.every(({ field, equal, value }) => {
      if (!(field in fields)) throw badRequest(`field label not supported: ${field}`);
      return (fields[field] === value) === equal;
    });
}
