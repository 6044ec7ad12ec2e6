import type { Action, Json } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import { expressionsOf, referencesOf, resolveValue } from '../domain/expression.ts';
import { awaitedBy, awaitedByReferences, type KnownScope } from '../domain/known-scope.ts';
import { schemaMistakes } from '../domain/lint/schema.ts';

/**
 * The input of an action as far as it is known before the run. A value that reads the outputs of another step becomes
 * a stand-in of the type that the action wants: `‹promote.endpoint›`, 0 or false. Good enough to ask which region it
 * depends on, what it locks and how long it takes; never to act. Throws InvalidInput when what is known does not fit.
 */
export function provisionalInput(action: Action, written: unknown, scope: KnownScope, step: string): unknown {
  const open: string[] = [];
  const value = fill(written, scope, [], open);
  const first = action.input.safeParse(value);
  if (first.success) return first.data;
  for (const issue of first.error.issues) {
    const path = issue.path.map(String);
    if (issue.code === 'invalid_type' && open.includes(path.join('\n'))) put(value, path, standIn(issue.expected));
  }
  const second = action.input.safeParse(value);
  if (second.success) return second.data;
  const known = second.error.issues.filter(({ path }) => !open.includes(path.map(String).join('\n')));
  // A stand-in that the action refuses says nothing about the value that the run will bring.
  if (known.length === 0) return value;
  const [mistake] = schemaMistakes(action.input, value);
  throw new InvalidInput('plan.input', `The step ${step} (${action.id}): ${mistake?.message ?? 'its input is wrong.'}`);
}

function fill(value: unknown, scope: KnownScope, path: string[], open: string[]): Json {
  if (Array.isArray(value)) return value.map((item, index) => fill(item, scope, [...path, String(index)], open));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, fill(item, scope, [...path, key], open)] as const);
    return Object.fromEntries(entries);
  }
  const later = expressionsOf(value).find((expression) => awaitedBy(expression, scope).length > 0);
  if (later === undefined) return resolveValue(value, scope.values);
  open.push(path.join('\n'));
  return `‹${nameOf(later, scope)}›`;
}

/** What an expression waits for, as people know it: `promote.endpoint`. */
function nameOf(expression: string, scope: KnownScope): string {
  const path = referencesOf(expression).find((reference) => awaitedByReferences([reference], scope).length > 0) ?? [];
  return path.filter((key) => key !== 'steps' && key !== 'outputs').join('.');
}

function standIn(type: string): Json {
  if (type === 'number' || type === 'int' || type === 'bigint') return 0;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  return type === 'object' || type === 'record' ? {} : null;
}

function put(value: Json, path: string[], item: Json): void {
  let here: unknown = value;
  for (const key of path.slice(0, -1)) here = (here as Record<string, unknown> | undefined)?.[key];
  const last = path.at(-1);
  if (typeof here === 'object' && here !== null && last !== undefined) (here as Record<string, unknown>)[last] = item;
}
