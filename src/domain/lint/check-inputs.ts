import type { Action } from '../action.ts';
import type { Path } from '../catalogue.ts';
import { checkExpression, type JsonSchema, type Shape } from '../expression-types.ts';
import { nearestWord } from '../nearest.ts';
import type { PlacedStep } from '../runbook-graph.ts';
import { nameOfType, stringsOf } from './check-expressions.ts';
import { alternatives, type Mistake, suggest } from './mistake.ts';
import type { RunbookContext } from './runbook-context.ts';
import { article, jsonSchemaOf, schemaAt, schemaMistakes } from './schema.ts';
import { soleExpression } from './sole-expression.ts';

/** `with` against the input that the action takes: keys, types, and files that are named. */
export function checkInputs(context: RunbookContext): Mistake[] {
  return context.placed.flatMap((placed) => {
    if (placed.step.uses === 'runbook') return [];
    const action = context.actions.get(placed.step.uses);
    const files = checkFiles(placed, context);
    return action ? [...checkInput(placed, action, context), ...files] : files;
  });
}

function checkInput({ step, path }: PlacedStep, action: Action, context: RunbookContext): Mistake[] {
  const base = [...path, 'with'];
  const schema = jsonSchemaOf(action.input, 'input');
  const templates = stringsOf(step.with, base).filter(({ text }) => text.includes('${{'));
  const unknown = unknownKeys(step.with, schema, base, action.id);
  const values = schemaMistakes(action.input, step.with, base)
    .filter((mistake) => !templates.some((template) => startsWith(template.path, mistake.path)))
    .filter((mistake) => !unknown.some((one) => samePath(one.path, mistake.path)))
    .filter(({ message }) => !unknown.some(({ suggestion }) => suggestion === meantBy(message)))
    .map((mistake) => ({ ...mistake, message: `${action.id}: ${mistake.message}` }));
  const variables = context.variablesOf(step);
  const types = templates.flatMap(({ text, path: at }) => templateType(text, at, base, schema, action, variables));
  return [...unknown, ...values, ...types];
}

/** Keys that the action would silently ignore. */
function unknownKeys(value: unknown, schema: JsonSchema, path: Path, id: string): Mistake[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return typeof items === 'object' ? value.flatMap((item, at) => unknownKeys(item, items, [...path, at], id)) : [];
  }
  if (typeof value !== 'object' || value === null || schema.type !== 'object') return [];
  const { properties = {}, additionalProperties } = schema;
  const open = typeof additionalProperties === 'object' || additionalProperties === true;
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (inner) return unknownKeys(item, inner, [...path, key], id);
    if (open) return [];
    const known = Object.keys(properties);
    const near = nearestWord(key, known);
    const takes =
      known.length > 0 ? { suggestion: `It takes ${alternatives(known)}.` } : { suggestion: 'It takes nothing.' };
    return [
      {
        path: [...path, key],
        at: 'key' as const,
        message: `${id} takes no ${key}.`,
        ...(near ? suggest(near) : takes),
      },
    ];
  });
}

function meantBy(message: string): string | undefined {
  const missing = /^(\S+) is missing/.exec(message)?.[1];
  return missing && `Did you mean ${missing}?`;
}

const ACCEPTED: Record<string, (type: string) => boolean> = {
  string: (type) => type === 'string',
  integer: (type) => type === 'int',
  number: (type) => type === 'int' || type === 'double',
  boolean: (type) => type === 'bool',
  array: (type) => type.startsWith('list'),
};

/** A template that is the whole value brings its own type; in a longer text it brings text. */
function templateType(
  text: string,
  path: Path,
  base: Path,
  schema: JsonSchema,
  action: Action,
  variables: Record<string, Shape>,
): Mistake[] {
  const wanted = schemaAt(schema, path.slice(base.length))?.type;
  const accepts = typeof wanted === 'string' ? ACCEPTED[wanted] : undefined;
  if (!accepts || typeof wanted !== 'string') return [];
  const expression = soleExpression(text);
  const { type, mistakes } = expression ? checkExpression(expression, variables) : { type: 'string', mistakes: [] };
  if (mistakes.length > 0 || type === 'dyn' || accepts(type)) return [];
  const hint =
    wanted === 'string' && type === 'int' && expression ? { suggestion: `Write string(${expression}).` } : {};
  const name = path.slice(base.length).join('.');
  return [
    { path, message: `${action.id} wants ${article(wanted)} as ${name}, but this is ${nameOfType(type)}.`, ...hint },
  ];
}

const FILE_NAME = /^[\w.-]+\.(json|ya?ml|txt|sql|md|html)$/;

/** A value that looks like the name of a file is one of the config folder. */
function checkFiles({ step, path }: PlacedStep, { entry, systemName }: RunbookContext): Mistake[] {
  const files = Object.keys(entry.config);
  return Object.entries(step.with).flatMap(([key, value]) => {
    if (typeof value !== 'string' || !FILE_NAME.test(value) || files.includes(value)) return [];
    const message = `There is no file ${value} in the config folder of ${systemName}.`;
    return [{ path: [...path, 'with', key], message, ...suggest(nearestWord(value, files)) }];
  });
}

/** Names of the config files that a step reads. */
export function filesOf({ step }: PlacedStep, { entry }: RunbookContext): string[] {
  return Object.values(step.with).filter(
    (value): value is string => typeof value === 'string' && Object.hasOwn(entry.config, value),
  );
}

function samePath(left: Path, right: Path): boolean {
  return left.length === right.length && startsWith(left, right);
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}
