import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { describeError, InvalidInput } from './errors.ts';

/** One piece of a string that may hold `${{ expression }}`. `offset` is where it begins in the string. */
export type TemplatePart = { text: string } | { expression: string; offset: number };

/** A path that an expression reads; an index that is only known when it runs is `*`. */
export type Reference = string[];

/** Arithmetic between whole and broken numbers, which CEL itself refuses: people compare seconds with seconds. */
const MIXED = {
  '+': (left: number | bigint, right: number | bigint) => Number(left) + Number(right),
  '-': (left: number | bigint, right: number | bigint) => Number(left) - Number(right),
  '*': (left: number | bigint, right: number | bigint) => Number(left) * Number(right),
  '/': (left: number | bigint, right: number | bigint) => Number(left) / Number(right),
};

/** A new CEL environment without variables; `anyVariable` lets expressions name whatever the scope holds. */
export function createEnvironment(anyVariable: boolean): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: anyVariable, homogeneousAggregateLiterals: false });
  for (const [operator, apply] of Object.entries(MIXED)) {
    environment.registerOperator(`int ${operator} double`, apply);
    environment.registerOperator(`double ${operator} int`, apply);
  }
  return environment;
}

const environment = createEnvironment(true);
const parsed = new Map<string, ReturnType<Environment['parse']>>();
const PARSED_LIMIT = 2000;

/** The parsed expression, from a cache. Throws InvalidInput `expression.syntax` with the place of the mistake. */
export function parseExpression(expression: string): ReturnType<Environment['parse']> {
  const known = parsed.get(expression);
  if (known) return known;
  try {
    const result = environment.parse(expression);
    if (parsed.size >= PARSED_LIMIT) parsed.clear();
    parsed.set(expression, result);
    return result;
  } catch (error) {
    throw new InvalidInput('expression.syntax', `"${expression}" is not an expression: ${celSentence(error)}.`, {
      cause: error,
    });
  }
}

/** What cel-js says, without the drawing of the source below it. */
export function celSentence(error: unknown): string {
  const summary: unknown = error instanceof Error && 'summary' in error ? error.summary : undefined;
  return (typeof summary === 'string' ? summary : describeError(error)).replace(/\.$/, '');
}

/**
 * Splits a string at its `${{ … }}`. Quotes and braces inside an expression are respected. Throws InvalidInput
 * `expression.open` when one is not closed.
 */
export function splitTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (;;) {
    const start = template.indexOf('${{', at);
    if (start < 0) break;
    if (start > at) parts.push({ text: template.slice(at, start) });
    const end = endOfExpression(template, start + 3);
    if (end === undefined) {
      throw new InvalidInput('expression.open', `"${template.slice(start, start + 60)}" has no closing }}.`);
    }
    parts.push({ expression: template.slice(start + 3, end).trim(), offset: start });
    at = end + 2;
  }
  if (at < template.length) parts.push({ text: template.slice(at) });
  return parts;
}

/** Index of the `}}` that closes the expression which begins at `from`. */
function endOfExpression(template: string, from: number): number | undefined {
  let depth = 0;
  let quote: string | undefined;
  for (let at = from; at < template.length; at++) {
    const character = template[at];
    if (quote) {
      if (character === '\\') at++;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth++;
    else if (character === '}' && depth > 0) depth--;
    else if (character === '}' && template[at + 1] === '}') return at;
  }
  return undefined;
}

/** Every path that the expression reads, in the order of the text: `[['steps', 'promote', 'outputs', 'endpoint']]`. */
export function referencesOf(expression: string): Reference[] {
  return locatedReferences(expression).map(({ path }) => path);
}

/** The parts of an expression that all have to hold, `a` and `b || c` of `a && (b || c)`; itself where it has one only. */
export function conjunctsOf(expression: string): string[] {
  const partsOf = (node: ASTNode): ASTNode[] => (node.op === '&&' ? node.args.flatMap(partsOf) : [node]);
  const parts = partsOf(parseExpression(expression).ast);
  return parts.length === 1 ? [expression] : parts.map(({ start, end }) => expression.slice(start, end));
}

/** The same with the place in the expression's text, half open. */
export function locatedReferences(expression: string): { path: Reference; start: number; end: number }[] {
  const found: { path: Reference; start: number; end: number }[] = [];
  collect(parseExpression(expression).ast, new Set(), found);
  return found.sort((left, right) => left.start - right.start);
}

/** Every path that the templates in a value (a string, or strings in lists and objects) read. */
export function referencesOfTemplate(value: unknown): Reference[] {
  return expressionsOf(value).flatMap(referencesOf);
}

/** The expressions inside the templates of a value. */
export function expressionsOf(value: unknown): string[] {
  if (typeof value === 'string') {
    return splitTemplate(value).flatMap((part) => ('expression' in part ? [part.expression] : []));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(expressionsOf);
}

/** Visits every node below `node`, itself included. */
export function walk(node: ASTNode, visit: (node: ASTNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

const MACROS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

function collect(
  node: ASTNode,
  bound: ReadonlySet<string>,
  found: { path: Reference; start: number; end: number }[],
): void {
  if (node.op === 'rcall' && MACROS.has(node.args[0])) {
    const [, subject, args] = node.args;
    const [variable, ...rest] = args;
    collect(subject, bound, found);
    const inner = new Set(bound);
    if (variable?.op === 'id') inner.add(variable.args);
    for (const argument of rest) collect(argument, inner, found);
    return;
  }
  const path = pathOf(node, bound, found);
  if (path) {
    found.push({ path, start: node.start, end: node.end });
    return;
  }
  if (isAccess(node) || node.op === 'id') return;
  for (const child of childrenOf(node)) collect(child, bound, found);
}

/** The path of a chain of accesses; what stands in its brackets, or below a bound variable, is collected on the way. */
function pathOf(
  node: ASTNode,
  bound: ReadonlySet<string>,
  found: { path: Reference; start: number; end: number }[],
): Reference | undefined {
  if (node.op === 'id') return bound.has(node.args) ? undefined : [node.args];
  if (!isAccess(node)) return undefined;
  const [left, key] = node.args;
  const index = typeof key === 'string' ? key : literalIndex(key);
  if (index === undefined && typeof key !== 'string') collect(key, bound, found);
  const before = pathOf(left, bound, found);
  if (before) return [...before, index ?? '*'];
  if (left.op !== 'id' && !isAccess(left)) collect(left, bound, found);
  return undefined;
}

function literalIndex(node: ASTNode): string | undefined {
  return node.op === 'value' && (typeof node.args === 'string' || typeof node.args === 'bigint')
    ? String(node.args)
    : undefined;
}

function isAccess(node: ASTNode): node is Extract<ASTNode, { op: '.' | '.?' | '[]' | '[?]' }> {
  return node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]';
}

function childrenOf(node: ASTNode): ASTNode[] {
  const { args } = node;
  return isNode(args) ? [args] : Array.isArray(args) ? nodesIn(args) : [];
}

function nodesIn(values: readonly unknown[]): ASTNode[] {
  return values.flatMap((value) => (Array.isArray(value) ? nodesIn(value) : isNode(value) ? [value] : []));
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
