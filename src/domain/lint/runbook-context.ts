import type { Action } from '../action.ts';
import type { CatalogueEntry } from '../catalogue.ts';
import { type Shape, shapeOfExpression, shapeOfSchema, shapeOfValue } from '../expression-types.ts';
import type { Runbook, RunbookStep } from '../runbook.ts';
import { ancestorsOf, findCycle, nestedName, type PlacedStep, placeSteps, stepsOf } from '../runbook-graph.ts';
import { jsonSchemaOf } from './schema.ts';
import { soleExpression } from './sole-expression.ts';

/** One runbook with everything that its checks look at. */
export interface RunbookContext {
  systemName: string;
  entry: Pick<CatalogueEntry, 'system' | 'config' | 'runbooks' | 'broken'>;
  id: string;
  runbook: Runbook;
  actions: ReadonlyMap<string, Action>;
  placed: PlacedStep[];
  /** False when ids or needs are wrong, so that nothing can be said about what waits for what. */
  isOrdered: boolean;
  /** What expressions may name in every step. */
  variables: Variables;
  /** The same with `item` for a step that has `forEach`. */
  variablesOf(step: RunbookStep): Variables;
  /** Ids of the steps that have ended before the step `id` starts. */
  ancestors(id: string): Set<string>;
}

export interface Variables extends Record<string, Shape> {
  system: Shape;
  params: Shape;
  mode: Shape;
  steps: Shape;
}

/** What the checks of one runbook have in common. `id` is its name within the system. */
export function runbookContext(
  systemName: string,
  entry: RunbookContext['entry'],
  id: string,
  runbook: Runbook,
  actions: ReadonlyMap<string, Action>,
): RunbookContext {
  const placed = placeSteps(runbook, actions, entry.runbooks);
  const known = new Map<string, Set<string>>();
  const shapes = shapesOf({ entry, actions, nested: new Map([[id, ANY]]) }, runbook);
  return {
    systemName,
    entry,
    id,
    runbook,
    actions,
    placed,
    isOrdered: isOrdered(placed),
    ...shapes,
    ancestors(step) {
      const found = known.get(step) ?? ancestorsOf(step, placed);
      known.set(step, found);
      return found;
    },
  };
}

const ANY: Shape = { kind: 'any' };

interface ShapeParts extends Pick<RunbookContext, 'entry' | 'actions'> {
  /** Outputs of the nested runbooks that were looked at before; anything of those that are being looked at. */
  nested: Map<string, Shape>;
}

/** What expressions may name in a runbook. */
function shapesOf(parts: ShapeParts, runbook: Runbook): Pick<RunbookContext, 'variables' | 'variablesOf'> {
  const before: Variables = {
    system: shapeOfValue(parts.entry.system),
    params: paramShape(runbook, Object.keys(runbook.params)),
    mode: { kind: 'string' },
    steps: { kind: 'object', fields: {} },
  };
  // Its action's outputs or a nested runbook's; of a list, those of its copies.
  const outputsOf = (step: RunbookStep): Shape => {
    const one = step.uses === 'runbook' ? nestedOutputs(parts, step) : outputShape(parts.actions.get(step.uses));
    return step.forEach === undefined ? one : { kind: 'object', fields: { items: { kind: 'list', item: one } } };
  };
  const steps = stepsOf(runbook).map(({ step }): [string, Shape] => [
    step.id,
    { kind: 'object', fields: { outputs: outputsOf(step) } },
  ]);
  const variables: Variables = { ...before, steps: { kind: 'object', fields: Object.fromEntries(steps) } };
  const copies = new Map<string, Variables>();
  return {
    variables,
    variablesOf(step) {
      if (step.forEach === undefined) return variables;
      const seen = copies.get(step.id) ?? { ...variables, item: itemShape(step.forEach, before) };
      copies.set(step.id, seen);
      return seen;
    },
  };
}

/** The outputs of a nested runbook by its own expressions; anything when it is unknown or nests itself. */
function nestedOutputs(parts: ShapeParts, step: RunbookStep): Shape {
  const name = nestedName(step);
  const runbook = name !== undefined && Object.hasOwn(parts.entry.runbooks, name) && parts.entry.runbooks[name];
  if (!runbook || name === undefined) return ANY;
  const before = parts.nested.get(name);
  if (before) return before;
  parts.nested.set(name, ANY);
  const { variables } = shapesOf(parts, runbook);
  const outputs = Object.entries(runbook.outputs ?? {});
  const fields = outputs.map(([key, expression]): [string, Shape] => [key, shapeOfExpression(expression, variables)]);
  const shape: Shape = { kind: 'object', fields: Object.fromEntries(fields) };
  parts.nested.set(name, shape);
  return shape;
}

function itemShape(forEach: string, variables: Variables): Shape {
  const expression = soleExpression(forEach);
  const list = expression === undefined ? undefined : shapeOfExpression(expression, variables);
  return list?.kind === 'list' ? list.item : ANY;
}

function isOrdered(placed: readonly PlacedStep[]): boolean {
  const ids = new Set(placed.map(({ step }) => step.id));
  return (
    ids.size === placed.length && placed.every(({ needs }) => needs.every((id) => ids.has(id))) && !findCycle(placed)
  );
}

/** What an action brings; anything when there is no such action. */
export function outputShape(action: Action | undefined): Shape {
  return action ? shapeOfSchema(jsonSchemaOf(action.output, 'output')) : ANY;
}

const PARAMETER_SHAPES = {
  region: { kind: 'string' },
  string: { kind: 'string' },
  int: { kind: 'int' },
  bool: { kind: 'bool' },
  duration: { kind: 'int' },
} as const satisfies Record<string, Shape>;

/** The shape of these parameters of the runbook. */
export function paramShape(runbook: Runbook, names: readonly string[]): Shape {
  const fields = names.flatMap((name): [string, Shape][] => {
    const parameter = runbook.params[name];
    return parameter ? [[name, PARAMETER_SHAPES[parameter.type]]] : [];
  });
  return { kind: 'object', fields: Object.fromEntries(fields) };
}
