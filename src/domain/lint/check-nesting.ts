import type { Json, JsonObject } from '../action.ts';
import type { Path } from '../catalogue.ts';
import { InvalidInput } from '../errors.ts';
import { evaluateCondition, referencesOf, referencesOfTemplate } from '../expression.ts';
import { checkExpression } from '../expression-types.ts';
import { nearestWord } from '../nearest.ts';
import { type Parameter, parameterValue } from '../parameters.ts';
import type { Mode, Runbook, RunbookStep } from '../runbook.ts';
import { nestedName, type PlacedStep, stepsOf } from '../runbook-graph.ts';
import { nameOfType } from './check-expressions.ts';
import { alternatives, type Mistake, suggest } from './mistake.ts';
import type { RunbookContext } from './runbook-context.ts';
import { describe } from './schema.ts';
import { soleExpression } from './sole-expression.ts';

/** Steps that nest a runbook: its name, its modes, its parameters, and what its guards ask for. */
export function checkNesting(context: RunbookContext): Mistake[] {
  return context.placed.flatMap((placed) => (placed.step.uses === 'runbook' ? checkNested(placed, context) : []));
}

function checkNested(placed: PlacedStep, context: RunbookContext): Mistake[] {
  const { step, path } = placed;
  const found: Mistake[] = Object.keys(step.with)
    .filter((key) => key !== 'runbook' && key !== 'params')
    .map((key) => ({
      path: [...path, 'with', key],
      at: 'key',
      message: `A nested runbook takes no ${key} here.`,
      ...(nearestWord(key, ['runbook', 'params']) === undefined
        ? { suggestion: 'Write what it takes below params.' }
        : suggest(nearestWord(key, ['runbook', 'params']))),
    }));
  if (step.expect !== undefined) {
    const message = `${step.id} nests a runbook, which is no guard.`;
    found.push({
      path: [...path, 'expect'],
      at: 'key',
      message,
      suggestion: 'Put expect on a step of that runbook: it counts for the whole plan.',
    });
  }
  const name = nestedName(step);
  if (name === undefined || name.includes('${{')) {
    const message =
      name === undefined
        ? `${step.id} does not say which runbook it nests.`
        : `The name of a nested runbook cannot be computed.`;
    const suggestion = 'Write with: { runbook: <its name> }.';
    return [
      ...found,
      { path: [...path, 'with', ...(step.with.runbook === undefined ? [] : ['runbook'])], message, suggestion },
    ];
  }
  const at = [...path, 'with', 'runbook'];
  const { runbooks } = context.entry;
  const nested = Object.hasOwn(runbooks, name) ? runbooks[name] : undefined;
  if (!nested) return [...found, unknownRunbook(name, at, context)];
  const circle = circleFrom(name, context.id, runbooks);
  if (circle) {
    const message = `${context.id} nests itself: ${[context.id, ...circle].join(' → ')}.`;
    return [...found, { path: at, message, suggestion: 'A plan would never end.' }];
  }
  return [
    ...found,
    ...checkNestedModes(placed, name, nested, context),
    ...checkParams(placed, name, nested, context),
    ...checkGuardCondition(placed, name, nested, context),
  ];
}

function unknownRunbook(name: string, path: Path, { systemName, entry }: RunbookContext): Mistake {
  if (entry.broken?.includes(name)) {
    return { path, message: `The runbook ${name} cannot be used.`, suggestion: 'Mend it first.' };
  }
  const near = nearestWord(name.replace(/\.ya?ml$/, ''), Object.keys(entry.runbooks));
  return { path, message: `${systemName} has no runbook ${name}.`, ...suggest(near) };
}

/**
 * The way from the runbook `name` to `target`, both included; undefined when it does not lead there. `seen` are those
 * that do not, so that runbooks which nest others many times over are looked at once.
 */
function circleFrom(
  name: string,
  target: string,
  runbooks: Readonly<Record<string, Runbook>>,
  seen = new Set<string>(),
): string[] | undefined {
  if (name === target) return [name];
  const runbook = Object.hasOwn(runbooks, name) ? runbooks[name] : undefined;
  if (!runbook || seen.has(name)) return undefined;
  seen.add(name);
  for (const { step } of stepsOf(runbook)) {
    const next = nestedName(step);
    const circle = next === undefined ? undefined : circleFrom(next, target, runbooks, seen);
    if (circle) return [name, ...circle];
  }
  return undefined;
}

function checkNestedModes(
  { step, path }: PlacedStep,
  name: string,
  nested: Runbook,
  context: RunbookContext,
): Mistake[] {
  return context.runbook.mode
    .filter((mode) => !nested.mode.includes(mode) && isWantedIn(step, mode, context))
    .map((mode) => ({
      path: [...path, 'with', 'runbook'],
      message: `${name} has no ${mode} mode, which this runbook has.`,
      suggestion: `Add it there, or write if: mode == "${nested.mode[0]}" here.`,
    }));
}

/** False when the step's `if` reads no more than system and mode, and is false in this mode. */
function isWantedIn(step: RunbookStep, mode: Mode, { entry }: RunbookContext): boolean {
  try {
    if (step.if === undefined || referencesOf(step.if).some(([root]) => root !== 'mode' && root !== 'system'))
      return true;
    return evaluateCondition(step.if, { system: entry.system as unknown as JsonObject, mode });
  } catch {
    return true;
  }
}

function checkParams({ step, path }: PlacedStep, name: string, nested: Runbook, context: RunbookContext): Mistake[] {
  const given = step.with.params ?? {};
  const at = [...path, 'with', 'params'];
  if (typeof given !== 'object' || Array.isArray(given)) {
    return [{ path: at, message: `params must be a group of keys, not ${describe(given)}.` }];
  }
  const known = Object.keys(nested.params);
  const early = neededEarly(nested, context.entry.runbooks);
  const mistakes = Object.entries(given).flatMap(([key, value]): Mistake[] => {
    const parameter = Object.hasOwn(nested.params, key) ? nested.params[key] : undefined;
    if (!parameter) {
      const takes = known.length > 0 ? `It takes ${alternatives(known)}.` : 'It takes nothing.';
      const near = nearestWord(key, known);
      const hint = near === undefined ? { suggestion: takes } : suggest(near);
      return [{ path: [...at, key], at: 'key', message: `${name} has no parameter ${key}.`, ...hint }];
    }
    const wrong = wrongType(key, value as Json, parameter, step, context);
    if (wrong) return [{ path: [...at, key], ...wrong }];
    const use = early.get(key);
    if (use === undefined || !readsSteps(value)) return [];
    const message = `The parameter ${key} of ${name} must be known before the run, because ${use} reads it, but this reads outputs.`;
    return [{ path: [...at, key], message }];
  });
  const meant = new Set(mistakes.map(({ suggestion }) => suggestion));
  const missing = known
    .filter((key) => !Object.hasOwn(given, key) && nested.params[key]?.default === undefined)
    .filter((key) => !meant.has(`Did you mean ${key}?`))
    .map((key): Mistake => ({ path: [...path, 'with'], message: `${name} needs the parameter ${key}.` }));
  return [...mistakes, ...missing];
}

const ACCEPTED: Record<Parameter['type'], readonly string[]> = {
  region: ['string'],
  string: ['string'],
  int: ['int'],
  bool: ['bool'],
  duration: ['int', 'double'],
};
const WANTED: Record<Parameter['type'], string> = {
  region: 'a region',
  string: 'text',
  int: 'a whole number',
  bool: 'true or false',
  duration: 'a number of seconds',
};

function wrongType(
  name: string,
  value: Json,
  parameter: Parameter,
  step: RunbookStep,
  { entry, variablesOf }: RunbookContext,
): { message: string } | undefined {
  if (typeof value === 'string' && value.includes('${{')) {
    const expression = soleExpression(value);
    const { type, mistakes } = expression
      ? checkExpression(expression, variablesOf(step))
      : { type: 'string', mistakes: [] };
    if (mistakes.length > 0 || type === 'dyn' || ACCEPTED[parameter.type].includes(type)) return undefined;
    return { message: `The parameter ${name} must be ${WANTED[parameter.type]}, but this is ${nameOfType(type)}.` };
  }
  try {
    parameterValue(name, parameter, value, entry.system);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return { message: error.message };
    throw error;
  }
}

function readsSteps(value: unknown): boolean {
  try {
    return referencesOfTemplate(value).some(([root]) => root === 'steps');
  } catch {
    // What cannot be parsed is told where the expressions are checked.
    return false;
  }
}

/**
 * Parameters that must be known when the plan is made, because a list or a guard reads them, itself or in a runbook
 * further in; with the step that does, as people read it.
 */
function neededEarly(
  runbook: Runbook,
  runbooks: Readonly<Record<string, Runbook>>,
  known = new Map<Runbook, Map<string, string>>(),
): Map<string, string> {
  const before = known.get(runbook);
  if (before) return before;
  const found = new Map<string, string>();
  known.set(runbook, found);
  const note = (value: unknown, use: string) => {
    for (const name of paramsIn(value)) if (!found.has(name)) found.set(name, use);
  };
  for (const { step } of stepsOf(runbook)) {
    if (step.forEach !== undefined) note(step.forEach, `the list of ${step.id}`);
    if (step.expect !== undefined) {
      note([`\${{ ${step.expect} }}`, step.with], `the guard ${step.id}`);
      if (step.if !== undefined) note(`\${{ ${step.if} }}`, `the guard ${step.id}`);
    }
    const name = nestedName(step);
    const nested = name !== undefined && Object.hasOwn(runbooks, name) && runbooks[name];
    if (!nested) continue;
    const given = (step.with.params ?? {}) as Record<string, unknown>;
    for (const [key, use] of neededEarly(nested, runbooks, known)) note(given[key], `${use} in ${name}`);
  }
  // A default that reads another parameter hands the demand on.
  for (const [name, { default: value }] of Object.entries(runbook.params).reverse()) {
    const use = found.get(name);
    if (use !== undefined) note(value, use);
  }
  return found;
}

function paramsIn(value: unknown): string[] {
  try {
    return referencesOfTemplate(value).flatMap(([root, name]) =>
      root === 'params' && name !== undefined ? [name] : [],
    );
  } catch {
    return [];
  }
}

function checkGuardCondition(
  { step, path }: PlacedStep,
  name: string,
  nested: Runbook,
  { entry }: RunbookContext,
): Mistake[] {
  if (step.if === undefined || !readsSteps(`\${{ ${step.if} }}`)) return [];
  const guard = firstGuard(nested, entry.runbooks);
  if (guard === undefined) return [];
  const message = `The if of ${step.id} reads outputs, but ${name} has the guard ${guard}, which is judged before any step runs.`;
  return [{ path: [...path, 'if'], message }];
}

function firstGuard(
  runbook: Runbook,
  runbooks: Readonly<Record<string, Runbook>>,
  seen = new Set<Runbook>(),
): string | undefined {
  if (seen.has(runbook)) return undefined;
  seen.add(runbook);
  for (const { step } of stepsOf(runbook)) {
    if (step.expect !== undefined) return step.id;
    const name = nestedName(step);
    const nested = name !== undefined && Object.hasOwn(runbooks, name) && runbooks[name];
    const guard = nested ? firstGuard(nested, runbooks, seen) : undefined;
    if (guard !== undefined) return guard;
  }
  return undefined;
}
