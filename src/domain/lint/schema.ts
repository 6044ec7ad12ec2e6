import { z } from 'zod';
import type { Path } from '../catalogue.ts';
import type { JsonSchema } from '../expression-types.ts';
import { nearestWord } from '../nearest.ts';
import { alternatives, type Mistake, suggest } from './mistake.ts';

const written = new WeakMap<z.ZodType, Record<'input' | 'output', JsonSchema | undefined>>();

/** The JSON Schema of a zod schema, as it is written (`input`) or as it is after defaults and transforms (`output`). */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const known = written.get(schema) ?? { input: undefined, output: undefined };
  written.set(schema, known);
  known[io] ??= z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  return known[io];
}

/** What zod found wrong in `value`, each as one sentence at its place below `base`. */
export function schemaMistakes(schema: z.ZodType, value: unknown, base: Path = []): Mistake[] {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return [];
  const mistakes = result.error.issues.flatMap((issue) => mistakesOf(issue, schema, base));
  // A misspelt key is one mistake, not an unknown key and a missing one.
  const meant = new Set(mistakes.map(({ suggestion }) => suggestion));
  return mistakes.filter(({ message }) => {
    const missing = /^(\S+) is missing/.exec(message)?.[1];
    return missing === undefined || !meant.has(`Did you mean ${missing}?`);
  });
}

function mistakesOf(issue: z.core.$ZodIssue, schema: z.ZodType, base: Path): Mistake[] {
  const inside = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const path = [...base, ...inside];
  const name = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = Object.keys(schemaAt(jsonSchemaOf(schema, 'input'), inside)?.properties ?? {});
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: 'key',
        message: `${key} is not known here.`,
        ...(nearestWord(key, known)
          ? suggest(nearestWord(key, known))
          : known.length > 0
            ? { suggestion: `Write ${alternatives(known)}.` }
            : {}),
      }));
    }
    case 'invalid_type':
      if (issue.input === undefined) return [{ path, message: `${name} is missing.` }];
      return [{ path, message: `${name} must be ${article(issue.expected)}, not ${describe(issue.input)}.` }];
    case 'invalid_value': {
      if (issue.input === undefined) return [{ path, message: `${name} is missing.` }];
      const values = issue.values.map(String);
      const near = typeof issue.input === 'string' ? nearestWord(issue.input, values) : undefined;
      return [
        { path, message: `${name} must be ${alternatives(values)}, not ${describe(issue.input)}.`, ...suggest(near) },
      ];
    }
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return [{ path, message: `${name} is empty.` }];
      return [{ path, message: `${name} must be at least ${issue.minimum}, not ${describe(issue.input)}.` }];
    case 'too_big':
      return [{ path, message: `${name} must be at most ${issue.maximum}, not ${describe(issue.input)}.` }];
    case 'invalid_union': {
      const expected = issue.errors.flatMap((errors) =>
        errors.flatMap((error) => (error.code === 'invalid_type' ? [article(error.expected)] : [])),
      );
      const what = expected.length > 0 ? `must be ${alternatives([...new Set(expected)])}, not` : 'cannot be';
      return [{ path, message: `${name} ${what} ${describe(issue.input)}.` }];
    }
    case 'invalid_key':
      return [{ path, at: 'key', message: `${name}: ${sentence(issue.issues[0]?.message ?? issue.message)}` }];
    default:
      // Somebody may have written the secret itself where its name belongs.
      if (/password|secret|token|key/i.test(name)) return [{ path, message: `${name}: ${sentence(issue.message)}` }];
      return [{ path, message: `${name} is ${describe(issue.input)}: ${sentence(issue.message)}` }];
  }
}

/** The schema of the value at `path`, as far as it can be followed. */
export function schemaAt(schema: JsonSchema, path: Path): JsonSchema | undefined {
  let here: JsonSchema | undefined = schema;
  for (const key of path) {
    if (!here) return undefined;
    const { items, properties, additionalProperties }: JsonSchema = here;
    if (typeof key === 'number') here = typeof items === 'object' ? items : undefined;
    else if (properties && Object.hasOwn(properties, key)) here = properties[key];
    else here = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  }
  return here;
}

/** The value as a sentence names it. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  if (typeof value === 'string')
    return value === '' ? 'empty' : `"${value.length > 60 ? `${value.slice(0, 57)}…` : value}"`;
  return typeof value === 'number' ? `the number ${value}` : JSON.stringify(value);
}

const ARTICLES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

/** The JSON type as a sentence names it. */
export function article(type: string): string {
  return ARTICLES[type] ?? type;
}

function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The file';
  return typeof last === 'number' ? `${nameOf(path.slice(0, -1))} ${last + 1}` : last;
}

function sentence(text: string): string {
  return `${text.replace(/\.$/, '')}.`;
}
