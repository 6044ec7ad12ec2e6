import type { Environment } from '@marcbachmann/cel-js';
import { describeError } from './errors.ts';
import { celSentence, createEnvironment, locatedReferences } from './expression-syntax.ts';
import { nearestWord } from './nearest.ts';

/** What is known about a value before it exists, so that an expression over it can be checked. */
export type Shape =
  | { kind: 'any' | 'string' | 'int' | 'number' | 'bool' }
  | { kind: 'list'; item: Shape }
  /** `rest` is the shape of keys that are not listed; absent: there are no others. */
  | { kind: 'object'; fields: Record<string, Shape>; rest?: Shape };

export interface ExpressionMistake {
  message: string;
  suggestion?: string;
}

export interface CheckedExpression {
  /** CEL's name of the result's type: `bool`, `int`, `double`, `string`, `dyn`, `list<…>`, `map<…>` or an object. */
  type: string;
  mistakes: ExpressionMistake[];
}

const ANY: Shape = { kind: 'any' };

/** The shape of a value that is known, such as a system: exactly its keys. */
export function shapeOfValue(value: unknown): Shape {
  if (typeof value === 'string') return { kind: 'string' };
  if (typeof value === 'boolean') return { kind: 'bool' };
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'number' };
  if (Array.isArray(value)) return { kind: 'list', item: value.length > 0 ? shapeOfValue(value[0]) : ANY };
  if (typeof value !== 'object' || value === null) return ANY;
  const known = Object.entries(value).filter(([, item]) => item !== undefined);
  return { kind: 'object', fields: Object.fromEntries(known.map(([key, item]) => [key, shapeOfValue(item)])) };
}

/** The part of JSON Schema (as zod writes it) that says something about a shape. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema | boolean;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  const?: unknown;
  enum?: unknown[];
}

/** The shape that a schema describes; unions and the like are `any`. */
export function shapeOfSchema(schema: JsonSchema): Shape {
  switch (schema.type) {
    case 'string':
      return { kind: 'string' };
    case 'boolean':
      return { kind: 'bool' };
    case 'integer':
      return { kind: 'int' };
    case 'number':
      return { kind: 'number' };
    case 'array':
      return { kind: 'list', item: typeof schema.items === 'object' ? shapeOfSchema(schema.items) : ANY };
    case 'object': {
      const { properties = {}, additionalProperties } = schema;
      const fields = Object.fromEntries(Object.entries(properties).map(([key, item]) => [key, shapeOfSchema(item)]));
      if (typeof additionalProperties === 'object') {
        return { kind: 'object', fields, rest: shapeOfSchema(additionalProperties) };
      }
      const closed = additionalProperties === false || (additionalProperties === undefined && schema.properties);
      return closed ? { kind: 'object', fields } : { kind: 'object', fields, rest: ANY };
    }
    default:
      return ANY;
  }
}

/**
 * Checks an expression against the shapes of its variables: its syntax, every path it reads (with the nearest key for
 * a wrong one), and the types of its operators. Never throws.
 */
export function checkExpression(expression: string, variables: Record<string, Shape>): CheckedExpression {
  let references: ReturnType<typeof locatedReferences>;
  try {
    references = locatedReferences(expression);
  } catch (error) {
    return { type: 'dyn', mistakes: [{ message: describeError(error) }] };
  }
  const mistakes = references.flatMap(({ path }) => checkPath(path, variables) ?? []);
  if (mistakes.length > 0) return { type: 'dyn', mistakes };
  const result = environmentOf(variables).check(expression);
  if (result.valid) return { type: String(result.type), mistakes: [] };
  return {
    type: 'dyn',
    mistakes: [{ message: `"${expression}" cannot be evaluated: ${celSentence(result.error)}.` }],
  };
}

/** The shape of what an expression gives, as far as it can be told: by the path that it is, or by CEL's own types. */
export function shapeOfExpression(expression: string, variables: Record<string, Shape>): Shape {
  const { type, mistakes } = checkExpression(expression, variables);
  if (mistakes.length > 0) return ANY;
  const [only, ...others] = locatedReferences(expression);
  const isPath = only !== undefined && others.length === 0 && only.start === 0 && only.end === expression.length;
  return (isPath ? shapeAt(only.path, variables) : undefined) ?? SHAPES[type] ?? ANY;
}

const SHAPES: Record<string, Shape> = {
  string: { kind: 'string' },
  int: { kind: 'int' },
  double: { kind: 'number' },
  bool: { kind: 'bool' },
  'list<string>': { kind: 'list', item: { kind: 'string' } },
  'list<int>': { kind: 'list', item: { kind: 'int' } },
  'list<bool>': { kind: 'list', item: { kind: 'bool' } },
  'list<dyn>': { kind: 'list', item: ANY },
};

function shapeAt(path: readonly string[], variables: Record<string, Shape>): Shape | undefined {
  let shape: Shape | undefined = { kind: 'object', fields: variables };
  for (const key of path) {
    if (shape?.kind === 'list') shape = shape.item;
    else if (shape?.kind !== 'object') return ANY;
    else shape = key === '*' ? commonShape(Object.values(shape.fields), shape.rest) : fieldOf(shape, key);
  }
  return shape;
}

function checkPath(path: string[], variables: Record<string, Shape>): ExpressionMistake | undefined {
  let shape: Shape = { kind: 'object', fields: variables };
  for (const [index, key] of path.entries()) {
    if (shape.kind !== 'object') return undefined;
    const next: Shape | undefined =
      key === '*' ? commonShape(Object.values(shape.fields), shape.rest) : fieldOf(shape, key);
    if (!next) return unknownKey(path, index, Object.keys(shape.fields));
    shape = next;
  }
  return undefined;
}

function fieldOf(shape: Extract<Shape, { kind: 'object' }>, key: string): Shape | undefined {
  return Object.hasOwn(shape.fields, key) ? shape.fields[key] : shape.rest;
}

/** What may be said of an entry when the key is not known: the first one's keys, where all have the same. */
function commonShape(shapes: Shape[], rest: Shape | undefined): Shape {
  const [first, ...others] = rest ? [...shapes, rest] : shapes;
  if (!first) return ANY;
  return others.every((other) => JSON.stringify(other) === JSON.stringify(first)) ? first : ANY;
}

function unknownKey(path: string[], index: number, known: string[]): ExpressionMistake {
  const key = path[index] ?? '';
  const parent = path.slice(0, index).join('.');
  const near = nearestWord(key, known);
  const names =
    known.length > 0 && known.length <= 8 ? ` (there ${known.length > 1 ? 'are' : 'is'} ${list(known)})` : '';
  if (near) {
    const message = parent ? `${parent} has no ${key}.` : `There is no ${key} here.`;
    return { message, suggestion: `Did you mean ${[...path.slice(0, index), near].join('.')}?` };
  }
  return { message: parent ? `${parent} has no ${key}${names}.` : `There is no ${key} here${names}.` };
}

function list(words: string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? '');
}

type CelType = string | { [key: string]: CelType };
const environments = new WeakMap<Record<string, Shape>, Environment>();

function environmentOf(variables: Record<string, Shape>): Environment {
  const known = environments.get(variables);
  if (known) return known;
  const environment = createEnvironment(false);
  for (const [name, shape] of Object.entries(variables)) {
    const type = celType(shape);
    if (typeof type === 'string') environment.registerVariable(name, type);
    else environment.registerVariable({ name, schema: type });
  }
  environments.set(variables, environment);
  return environment;
}

function celType(shape: Shape): CelType {
  switch (shape.kind) {
    case 'string':
    case 'int':
    case 'bool':
      return shape.kind;
    case 'list': {
      const item = celType(shape.item);
      return `list<${typeof item === 'string' ? item : 'dyn'}>`;
    }
    case 'object':
      if (shape.rest || Object.keys(shape.fields).length === 0) return 'map<string, dyn>';
      return Object.fromEntries(Object.entries(shape.fields).map(([key, field]) => [key, celType(field)]));
    default:
      // A figure may be whole or broken when it is measured, so nothing is said about it here.
      return 'dyn';
  }
}
