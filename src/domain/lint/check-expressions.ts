import type { ASTNode } from '@marcbachmann/cel-js';
import type { Path } from '../catalogue.ts';
import { describeError } from '../errors.ts';
import { expressionsOf, referencesOf } from '../expression.ts';
import { locatedReferences, parseExpression, splitTemplate, walk } from '../expression-syntax.ts';
import { checkExpression, type ExpressionMistake, type Shape } from '../expression-types.ts';
import { nearestWord } from '../nearest.ts';
import { Mode } from '../runbook.ts';
import type { PlacedStep } from '../runbook-graph.ts';
import { alternatives, type Mistake, suggest } from './mistake.ts';
import { outputShape, paramShape, type RunbookContext } from './runbook-context.ts';

/** `if`, `expect`, the templates in `with`, and the defaults of parameters. */
export function checkExpressions(context: RunbookContext): Mistake[] {
  return [
    ...checkDefaults(context),
    ...context.placed.flatMap((placed) => [
      ...checkCondition(placed, 'if', context),
      ...checkCondition(placed, 'expect', context),
      ...stringsOf(placed.step.with, [...placed.path, 'with']).flatMap(({ text, path }) =>
        checkTemplate(text, path, placed, context),
      ),
    ]),
  ];
}

/** The templates of one string, for the step in which it stands. */
export function checkTemplate(text: string, path: Path, placed: PlacedStep, context: RunbookContext): Mistake[] {
  const expressions = templatesIn(text);
  if ('message' in expressions) return [{ path, message: expressions.message }];
  return expressions.found.flatMap((expression) => {
    const { mistakes } = checkExpression(expression, context.variables);
    if (mistakes.length > 0) return inPlace(mistakes, expression, path, context);
    return [...checkOrder(expression, path, placed, context), ...checkModes(expression, path, context)];
  });
}

/** Every string in a value with its path. */
export function stringsOf(value: unknown, path: Path): { text: string; path: Path }[] {
  if (typeof value === 'string') return [{ text: value, path }];
  if (Array.isArray(value)) return value.flatMap((item, index) => stringsOf(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => stringsOf(item, [...path, key]));
}

function checkCondition(placed: PlacedStep, part: 'if' | 'expect', context: RunbookContext): Mistake[] {
  const expression = placed.step[part];
  if (expression === undefined) return [];
  const path = [...placed.path, part];
  if (expression.includes('${{')) {
    return [{ path, message: `${part} is an expression already.`, suggestion: `Write it without \${{ }}.` }];
  }
  const variables = part === 'if' ? context.variables : withOutputs(placed, context);
  const { type, mistakes } = checkExpression(expression, variables);
  if (mistakes.length > 0) return inPlace(mistakes, expression, path, context);
  const found = [...checkOrder(expression, path, placed, context), ...checkModes(expression, path, context)];
  if (type !== 'bool' && type !== 'dyn') {
    found.push({ path, message: `${part} must be true or false, but "${expression}" is ${nameOfType(type)}.` });
  }
  return found;
}

const withOutputsCache = new WeakMap<object, Map<string, Record<string, Shape>>>();

function withOutputs({ step }: PlacedStep, { variables, actions }: RunbookContext): Record<string, Shape> {
  const byAction = withOutputsCache.get(variables) ?? new Map<string, Record<string, Shape>>();
  withOutputsCache.set(variables, byAction);
  const known = byAction.get(step.uses) ?? { ...variables, outputs: outputShape(actions.get(step.uses)) };
  byAction.set(step.uses, known);
  return known;
}

/** Outputs exist only after the step that brings them, and a guard is judged before any step has run. */
function checkOrder(expression: string, path: Path, placed: PlacedStep, context: RunbookContext): Mistake[] {
  const { step, isGuard } = placed;
  const read = new Set(referencesOf(expression).flatMap(([root, id]) => (root === 'steps' && id ? [id] : [])));
  return [...read].flatMap((id): Mistake[] => {
    if (isGuard) {
      const message = `The guard ${step.id} reads an output of ${id}, but guards are judged before any step runs.`;
      return [{ path, message }];
    }
    if (id === '*' || !context.isOrdered || context.ancestors(step.id).has(id)) return [];
    const message =
      id === step.id
        ? `${step.id} reads its own outputs before it has run.`
        : `${step.id} reads an output of ${id}, but does not wait for it.`;
    return [{ path, message, ...(id === step.id ? {} : { suggestion: `Add ${id} to its needs.` }) }];
  });
}

/** `mode == "emergancy"` would leave a step out for ever. */
function checkModes(expression: string, path: Path, { runbook }: RunbookContext): Mistake[] {
  const found: Mistake[] = [];
  walk(parseExpression(expression).ast, (node) => {
    for (const value of comparedWithMode(node)) {
      if (runbook.mode.some((mode) => mode === value)) continue;
      const isMode = Mode.options.some((mode) => mode === value);
      const message = isMode
        ? `mode is never "${value}" here: this runbook has only ${runbook.mode.join(' and ')}.`
        : `mode is never "${value}"; it is ${alternatives(runbook.mode)}.`;
      found.push({ path, message, ...suggest(nearestWord(value, runbook.mode)) });
    }
  });
  return found;
}

function comparedWithMode(node: ASTNode): string[] {
  if (node.op !== '==' && node.op !== '!=' && node.op !== 'in') return [];
  const [left, right] = node.args;
  const isMode = (side: ASTNode) => side.op === 'id' && side.args === 'mode';
  const other = isMode(left) ? right : isMode(right) ? left : undefined;
  const values = other?.op === 'list' ? other.args : other ? [other] : [];
  return values.flatMap((value) => (value.op === 'value' && typeof value.args === 'string' ? [value.args] : []));
}

function checkDefaults({ runbook, variables }: RunbookContext): Mistake[] {
  const names = Object.keys(runbook.params);
  return names.flatMap((name, index) => {
    const value = runbook.params[name]?.default;
    const path = ['params', name, 'default'];
    const templates = templatesIn(typeof value === 'string' ? value : '');
    if ('message' in templates) return [{ path, message: templates.message }];
    const seen = { system: variables.system, mode: variables.mode, params: paramShape(runbook, names.slice(0, index)) };
    return templates.found.flatMap((expression) =>
      checkExpression(expression, seen).mistakes.map((mistake) => ({ path, ...mistake })),
    );
  });
}

/** The mistakes of an expression; what a hyphen makes of it is told as one: `steps.write-probe` is a subtraction. */
function inPlace(mistakes: ExpressionMistake[], expression: string, path: Path, { placed }: RunbookContext): Mistake[] {
  const ids = placed.map(({ step }) => step.id).filter((id) => id.includes('-'));
  const id = ids.find((candidate) => expression.includes(`steps.${candidate}`));
  if (id === undefined) return mistakes.map((mistake) => ({ path, ...mistake }));
  const message = `steps.${id} is read as a subtraction, because of the hyphen.`;
  return [{ path, message, suggestion: `Write steps["${id}"].` }];
}

function templatesIn(text: string): { found: string[] } | { message: string } {
  try {
    return { found: expressionsOf(text) };
  } catch (error) {
    return { message: describeError(error) };
  }
}

/** The single expression that a string consists of, if it is one. */
export function soleExpression(text: string): string | undefined {
  try {
    const parts = splitTemplate(text);
    const [only] = parts;
    return parts.length === 1 && only && 'expression' in only && locatedReferences(only.expression)
      ? only.expression
      : undefined;
  } catch {
    return undefined;
  }
}

const TYPE_NAMES: Record<string, string> = {
  string: 'text',
  int: 'a whole number',
  double: 'a number',
  bool: 'true or false',
};

/** CEL's type as a sentence names it. */
export function nameOfType(type: string): string {
  if (type.startsWith('list')) return 'a list';
  return TYPE_NAMES[type] ?? 'a group of keys';
}
