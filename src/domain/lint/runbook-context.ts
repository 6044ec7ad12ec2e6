import type { Action } from '../action.ts';
import type { CatalogueEntry } from '../catalogue.ts';
import { type Shape, shapeOfSchema, shapeOfValue } from '../expression-types.ts';
import type { Runbook } from '../runbook.ts';
import { ancestorsOf, findCycle, type PlacedStep, placeSteps } from '../runbook-graph.ts';
import { jsonSchemaOf } from './schema.ts';

/** One runbook with everything that its checks look at. */
export interface RunbookContext {
  systemName: string;
  entry: Pick<CatalogueEntry, 'system' | 'config'>;
  runbook: Runbook;
  actions: ReadonlyMap<string, Action>;
  placed: PlacedStep[];
  /** False when ids or needs are wrong, so that nothing can be said about what waits for what. */
  isOrdered: boolean;
  /** What expressions may name in every step. */
  variables: { system: Shape; params: Shape; mode: Shape; steps: Shape };
  /** Ids of the steps that have ended before the step `id` starts. */
  ancestors(id: string): Set<string>;
}

export function runbookContext(
  systemName: string,
  entry: RunbookContext['entry'],
  runbook: Runbook,
  actions: ReadonlyMap<string, Action>,
): RunbookContext {
  const placed = placeSteps(runbook, actions);
  const known = new Map<string, Set<string>>();
  const steps = placed.map(({ step }): [string, Shape] => [
    step.id,
    { kind: 'object', fields: { outputs: outputShape(actions.get(step.uses)) } },
  ]);
  return {
    systemName,
    entry,
    runbook,
    actions,
    placed,
    isOrdered: isOrdered(placed),
    variables: {
      system: shapeOfValue(entry.system),
      params: paramShape(runbook, Object.keys(runbook.params)),
      mode: { kind: 'string' },
      steps: { kind: 'object', fields: Object.fromEntries(steps) },
    },
    ancestors(id) {
      const found = known.get(id) ?? ancestorsOf(id, placed);
      known.set(id, found);
      return found;
    },
  };
}

function isOrdered(placed: readonly PlacedStep[]): boolean {
  const ids = new Set(placed.map(({ step }) => step.id));
  return (
    ids.size === placed.length && placed.every(({ needs }) => needs.every((id) => ids.has(id))) && !findCycle(placed)
  );
}

/** What an action brings; anything when there is no such action. */
export function outputShape(action: Action | undefined): Shape {
  return action ? shapeOfSchema(jsonSchemaOf(action.output, 'output')) : { kind: 'any' };
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
