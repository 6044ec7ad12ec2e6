import type { Json, JsonObject } from './action.ts';
import { GuardFailed, InvalidInput } from './errors.ts';
import { celSentence, locatedReferences, parseExpression, splitTemplate, walk } from './expression-syntax.ts';

export { conjunctsOf, expressionsOf, type Reference, referencesOf, referencesOfTemplate } from './expression-syntax.ts';

/**
 * What an expression sees: `system`, `params`, `mode`, `steps.<id>.outputs` and, in `expect`, `outputs`. Whole
 * numbers are CEL's `int`, all others `double`; results are plain JSON again.
 */
export type Scope = JsonObject;

/**
 * Resolves `${{ expression }}` in a string, or in the strings of lists and objects. A string that is exactly one
 * expression takes the type of its result; otherwise the results are written into the text. Throws InvalidInput
 * `expression.syntax` for what cannot be parsed, and `expression.value` when something that it reads is not there.
 */
export function resolveValue(value: unknown, scope: Scope): Json {
  if (typeof value === 'string') return resolveString(value, scope);
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, scope));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveValue(item, scope)]));
  }
  return (value ?? null) as Json;
}

/**
 * Whether the condition holds. Throws GuardFailed `guard.unknown` that names the fact which is missing or null, and
 * InvalidInput when it is no condition at all. A condition that compares with `null` itself may read null.
 */
export function evaluateCondition(expression: string, scope: Scope): boolean {
  const { run, missing } = prepare(expression, scope);
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    const [fact] = missing();
    if (fact) {
      throw new GuardFailed('guard.unknown', `${fact} is not known, so "${expression}" cannot be judged.`, {
        cause: error,
      });
    }
    throw new InvalidInput('expression.value', `"${expression}" cannot be evaluated: ${celSentence(error)}.`, {
      cause: error,
    });
  }
  if (typeof result === 'boolean') return result;
  throw new InvalidInput('expression.value', `"${expression}" is neither true nor false.`);
}

/** The values that an expression reads below `root`, with their paths: `{ lossSeconds: 12 }` for `outputs`. */
export function valuesRead(expression: string, scope: Scope, root: string): JsonObject {
  const read = locatedReferences(expression).filter(({ path }) => path[0] === root && !path.includes('*'));
  return Object.fromEntries(read.map(({ path }) => [path.slice(1).join('.'), lookUp(scope, path) ?? null]));
}

/** The expression as people read it: outputs by their names, everything else by its value: `lossSeconds <= 300`. */
export function describeCondition(expression: string, scope: Scope): string {
  let text = '';
  let at = 0;
  for (const { path, start, end } of locatedReferences(expression)) {
    if (start < at) continue;
    const value = path[0] === 'outputs' || path.includes('*') ? undefined : lookUp(scope, path);
    const shown = path[0] === 'outputs' ? path.slice(1).join('.') : JSON.stringify(value);
    text += expression.slice(at, start) + (shown ?? expression.slice(start, end));
    at = end;
  }
  return text + expression.slice(at);
}

function resolveString(template: string, scope: Scope): Json {
  if (!template.includes('${{')) return template;
  const parts = splitTemplate(template);
  const [only] = parts;
  if (parts.length === 1 && only && 'expression' in only) return evaluate(only.expression, scope);
  const texts = parts.map((part) => {
    if ('text' in part) return part.text;
    const value = evaluate(part.expression, scope);
    if (value === null) {
      throw new InvalidInput('expression.value', `${part.expression} is null, which cannot be written into a text.`);
    }
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
  return texts.join('');
}

function evaluate(expression: string, scope: Scope): Json {
  try {
    return fromCel(parseExpression(expression)(toCel(scope, false) as Record<string, unknown>));
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const [fact] = unknownFacts(expression, scope, false);
    const why = fact ? `${fact} is not known` : celSentence(error);
    throw new InvalidInput('expression.value', `"${expression}" cannot be evaluated: ${why}.`, { cause: error });
  }
}

/**
 * Null facts are taken out of the scope, so that reading one fails as reading a missing one does: in CEL
 * `null != ""` would be true, and let a guard pass that nothing was measured for.
 */
function prepare(expression: string, scope: Scope): { run: () => unknown; missing: () => string[] } {
  const program = parseExpression(expression);
  let readsNull = false;
  walk(program.ast, (node) => {
    if (node.op === 'value' && node.args === null) readsNull = true;
  });
  return {
    run: () => program(toCel(scope, !readsNull) as Record<string, unknown>),
    missing: () => unknownFacts(expression, scope, true),
  };
}

function unknownFacts(expression: string, scope: Scope, nullCounts: boolean): string[] {
  return locatedReferences(expression)
    .filter(({ path }) => !path.includes('*'))
    .filter(({ path }) => {
      const value = lookUp(scope, path);
      return value === undefined || (nullCounts && value === null);
    })
    .map(({ path }) => path.join('.'));
}

function lookUp(scope: Scope, path: readonly string[]): Json | undefined {
  let value: Json | undefined = scope;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

/** JSON → CEL: whole numbers become BigInt (CEL's int). */
function toCel(value: unknown, withoutNull: boolean): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => toCel(item, withoutNull));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined && !(withoutNull && item === null));
  return Object.fromEntries(entries.map(([key, item]) => [key, toCel(item, withoutNull)]));
}

/** CEL → JSON: int back to number, timestamps to ISO 8601 in UTC, durations to seconds. */
function fromCel(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), fromCel(item)]));
  if (typeof value === 'object' && value !== null) {
    if ('seconds' in value && 'nanos' in value && !isPlain(value)) {
      return Number(value.seconds) + Number(value.nanos) / 1e9;
    }
    if (!isPlain(value))
      throw new InvalidInput('expression.value', 'The result is neither text, number, list nor map.');
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromCel(item)]));
  }
  return (value ?? null) as Json;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
