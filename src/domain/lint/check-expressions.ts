import type { ASTNode } from '@marcbachmann/cel-js';
import type { Path } from '../catalogue.ts';
import { describeError } from '../errors.ts';
import { expressionsOf, referencesOf } from '../expression.ts';
import { parseExpression, walk } from '../expression-syntax.ts';
import { checkExpression, type ExpressionMistake, type Shape } from '../expression-types.ts';
import { nearestWord } from '../nearest.ts';
import { Mode } from '../runbook.ts';
import type { PlacedStep } from '../runbook-graph.ts';
import { alternatives, type Mistake, suggest } from './mistake.ts';
import { outputShape, paramShape, type RunbookContext } from './runbook-context.ts';
import { describe } from './schema.ts';
import { soleExpression } from './sole-expression.ts';

/** `if`, `expect`, `explain`, `forEach`, the templates in `with`, the defaults of parameters, and the runbook's outputs. */
export function checkExpressions(context: RunbookContext): Mistake[] {
  return [
    ...checkDefaults(context),
    ...checkOutputs(context),
    ...context.placed.flatMap((placed) => [
      ...checkCondition(placed, 'if', context),
      ...checkCondition(placed, 'expect', context),
      ...checkExplain(placed, context),
      ...checkList(placed, context),
      ...stringsOf(placed.step.with, [...placed.path, 'with']).flatMap(({ text, path }) =>
        checkTemplate(text, path, placed, context),
      ),
    ]),
  ];
}

/** What a guard's failure means may be filled in with what was measured. */
function checkExplain(placed: PlacedStep, context: RunbookContext): Mistake[] {
  const { explain, expect } = placed.step;
  if (explain === undefined || expect === undefined) return [];
  return checkTemplate(explain, [...placed.path, 'explain'], placed, context, withOutputs(placed, context));
}

/** The templates of one string, for the step in which it stands. */
export function checkTemplate(
  text: string,
  path: Path,
  placed: PlacedStep,
  context: RunbookContext,
  variables: Record<string, Shape> = context.variablesOf(placed.step),
): Mistake[] {
  const expressions = templatesIn(text);
  if ('message' in expressions) return [{ path, message: expressions.message }];
  return expressions.found.flatMap((expression) => {
    const { mistakes } = checkExpression(expression, variables);
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
  const variables = part === 'if' ? context.variablesOf(placed.step) : withOutputs(placed, context);
  const { type, mistakes } = checkExpression(expression, variables);
  if (mistakes.length > 0) return inPlace(mistakes, expression, path, context);
  const found = [...checkOrder(expression, path, placed, context), ...checkModes(expression, path, context)];
  if (type !== 'bool' && type !== 'dyn') {
    found.push({ path, message: `${part} must be true or false, but "${expression}" is ${nameOfType(type)}.` });
  }
  return found;
}

const withOutputsCache = new WeakMap<object, Map<string, Record<string, Shape>>>();

function withOutputs({ step }: PlacedStep, { variablesOf, actions }: RunbookContext): Record<string, Shape> {
  const variables = variablesOf(step);
  const byAction = withOutputsCache.get(variables) ?? new Map<string, Record<string, Shape>>();
  withOutputsCache.set(variables, byAction);
  const known = byAction.get(step.uses) ?? { ...variables, outputs: outputShape(actions.get(step.uses)) };
  byAction.set(step.uses, known);
  return known;
}

/** A list gives a plan its steps, so that it must be known before any of them has run. */
function checkList({ step, path: at }: PlacedStep, { runbook, variables }: RunbookContext): Mistake[] {
  if (step.forEach === undefined) return [];
  const path = [...at, 'forEach'];
  const expression = soleExpression(step.forEach);
  if (expression === undefined) {
    const templates = templatesIn(step.forEach);
    if ('message' in templates) return [{ path, message: templates.message }];
    const broken = templates.found.flatMap((one) => checkExpression(one, variables).mistakes);
    if (broken.length > 0) return broken.map((mistake) => ({ path, ...mistake }));
    const suggestion = `Write one expression that gives a list: \${{ system.kubernetes.deployments }}.`;
    return [{ path, message: `forEach is ${describe(step.forEach)}, which is no list.`, suggestion }];
  }
  if (referencesOf(expression).some(([root]) => root === 'steps')) {
    const message = `The list of ${step.id} reads outputs, but it must be known before the run.`;
    return [{ path, message, suggestion: 'It may read system, params and mode.' }];
  }
  const { system, params, mode } = variables;
  const { type, mistakes } = checkExpression(expression, { system, params, mode });
  if (mistakes.length > 0) return mistakes.map((mistake) => ({ path, ...mistake }));
  if (type === 'dyn' || type.startsWith('list')) return checkModes(expression, path, { runbook });
  return [{ path, message: `forEach must give a list, but "${expression}" is ${nameOfType(type)}.` }];
}

/** What a runbook that nests this one gets. */
function checkOutputs(context: RunbookContext): Mistake[] {
  return Object.entries(context.runbook.outputs ?? {}).flatMap(([name, expression]): Mistake[] => {
    const path = ['outputs', name];
    if (expression.includes('${{')) {
      return [{ path, message: `${name} is an expression already.`, suggestion: `Write it without \${{ }}.` }];
    }
    const { mistakes } = checkExpression(expression, context.variables);
    return mistakes.length > 0 ? inPlace(mistakes, expression, path, context) : checkModes(expression, path, context);
  });
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
    if (id === '*' || !context.isOrdered) return [];
    if (context.ancestors(step.id).has(id)) return checkGraceful(id, path, placed, context);
    const message =
      id === step.id
        ? `${step.id} reads its own outputs before it has run.`
        : `${step.id} reads an output of ${id}, but does not wait for it.`;
    return [{ path, message, ...(id === step.id ? {} : { suggestion: `Add ${id} to its needs.` }) }];
  });
}

/** What a run that became an emergency has left out brings nothing to those that it still does. */
function checkGraceful(id: string, path: Path, { step }: PlacedStep, { placed }: RunbookContext): Mistake[] {
  const before = placed.find((entry) => entry.id === id)?.step;
  if (!before?.graceful || step.graceful) return [];
  const message = `${step.id} reads an output of ${id}, which is left out when a planned run becomes an emergency.`;
  return [{ path, message, suggestion: `Make ${step.id} graceful too, or ${id} not.` }];
}

/** `mode == "emergancy"` would leave a step out for ever. */
function checkModes(expression: string, path: Path, { runbook }: Pick<RunbookContext, 'runbook'>): Mistake[] {
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
