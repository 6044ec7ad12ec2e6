import type { Action } from './action.ts';
import type { Runbook, RunbookStep } from './runbook.ts';

type Effect = Action['effect'];

/** A step of a runbook in its place. */
export interface PlacedStep {
  id: string;
  step: RunbookStep;
  phase: string;
  /** Where it stands in the file: `['phases', 1, 'steps', 0]`. */
  path: readonly (string | number)[];
  /** Of a nested runbook, the strongest of its steps. */
  effect: Effect;
  isGuard: boolean;
  /** Ids of the steps that must have ended before it, those that the file implies included. */
  needs: string[];
}

/**
 * The steps of a runbook in the order of the file, each with everything it needs:
 *
 * - without `needs`, the step before it in the file, also across phases;
 * - with `needs`, those steps (`[]`: none);
 * - and, for a step that changes something and for every step after the first such step, all guards that it does not
 *   already wait for through the steps it needs: nothing is changed, and nothing after a change is judged, before all
 *   guards have passed.
 *
 * An unknown action, or an unknown nested runbook, counts as one that cannot be taken back.
 */
export function placeSteps(
  runbook: Runbook,
  actions: ReadonlyMap<string, Pick<Action, 'effect'>>,
  runbooks: Readonly<Record<string, Runbook>> = {},
): PlacedStep[] {
  const effects = effectsOf(actions, runbooks);
  const placed = stepsOf(runbook).map(({ step, phase, path, needs }): PlacedStep => {
    return { id: step.id, step, phase, path, effect: effects(step), isGuard: step.expect !== undefined, needs };
  });
  waitForGuards(placed);
  return placed;
}

/** Every step of a runbook with what it needs of its own accord, or by its place in the file. */
export function stepsOf(runbook: Runbook): (Pick<PlacedStep, 'step' | 'path' | 'needs'> & { phase: string })[] {
  let before: string | undefined;
  return runbook.phases.flatMap((phase, phaseIndex) =>
    phase.steps.map((step, stepIndex) => {
      const needs = [...new Set(step.needs ?? (before === undefined ? [] : [before]))];
      before = step.id;
      return { step, phase: phase.id, path: ['phases', phaseIndex, 'steps', stepIndex], needs };
    }),
  );
}

/** What the steps of a system's runbooks do: the action's effect, or the strongest of a nested runbook's steps. */
export function effectsOf(
  actions: ReadonlyMap<string, Pick<Action, 'effect'>>,
  runbooks: Readonly<Record<string, Runbook>>,
): (step: RunbookStep) => Effect {
  const known = new Map<string, Effect>();
  const effectOf = (step: RunbookStep): Effect => {
    const name = nestedName(step);
    if (step.uses !== 'runbook') return actions.get(step.uses)?.effect ?? 'irreversible';
    const nested = name !== undefined && Object.hasOwn(runbooks, name) ? runbooks[name] : undefined;
    if (name === undefined || !nested) return 'irreversible';
    const before = known.get(name);
    if (before) return before;
    // A runbook in a circle adds nothing to what its other steps do.
    known.set(name, 'read');
    const strongest = strongestOf(nested.phases.flatMap(({ steps }) => steps.map(effectOf)));
    known.set(name, strongest);
    return strongest;
  };
  return effectOf;
}

function strongestOf(effects: readonly Effect[]): Effect {
  if (effects.includes('irreversible')) return 'irreversible';
  return effects.includes('reversible') ? 'reversible' : 'read';
}

/** The runbook that a step nests; undefined when it nests none, or does not say so in plain text. */
export function nestedName({ uses, with: given }: Pick<RunbookStep, 'uses' | 'with'>): string | undefined {
  return uses === 'runbook' && typeof given.runbook === 'string' ? given.runbook : undefined;
}

/** Names of the runbooks that a runbook nests, and that those nest, each once. */
export function nestedRunbooks(runbook: Runbook, runbooks: Readonly<Record<string, Runbook>>): string[] {
  const names = new Set<string>();
  const visit = (one: Runbook) => {
    for (const { step } of stepsOf(one)) {
      const name = nestedName(step);
      if (name === undefined || names.has(name)) continue;
      names.add(name);
      const nested = Object.hasOwn(runbooks, name) ? runbooks[name] : undefined;
      if (nested) visit(nested);
    }
  };
  visit(runbook);
  return [...names];
}

type Guarded = Needing & { effect: Effect; isGuard: boolean; isGuardOfPlan?: boolean };

/**
 * Adds the guards to the needs of every step that changes something and of every step after the first such one. Guards
 * are those before the first change, and those that count for the whole plan wherever they stand.
 */
export function waitForGuards(steps: Guarded[]): void {
  const firstChange = steps.findIndex(({ effect }) => effect !== 'read');
  if (firstChange < 0) return;
  const guards = steps.filter(
    ({ isGuard, isGuardOfPlan }, index) => isGuard && (index < firstChange || isGuardOfPlan === true),
  );
  const ids = new Set(guards.map(({ id }) => id));
  const byId = new Map(steps.map((entry) => [entry.id, entry]));
  const waiting = new Set<string>();
  for (const entry of steps.slice(firstChange)) {
    if (ids.has(entry.id)) continue;
    const missing = guardsMissing(entry, byId, waiting, ids);
    entry.needs = [...missing, ...entry.needs];
    waiting.add(entry.id);
  }
}

/** The guards that a step does not wait for yet; one that needs a step which waits for all of them lacks none. */
function guardsMissing(
  entry: Guarded,
  byId: ReadonlyMap<string, Guarded>,
  waiting: ReadonlySet<string>,
  guards: ReadonlySet<string>,
): string[] {
  const missing = new Set(guards);
  const seen = new Set<string>();
  const open = [...entry.needs];
  for (let next = open.pop(); next !== undefined && missing.size > 0; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (waiting.has(next)) return [];
    missing.delete(next);
    open.push(...(byId.get(next)?.needs ?? []));
  }
  return [...missing];
}

export interface Needing {
  id: string;
  needs: string[];
}

/** Ids of all steps that must have ended before the step `id`, directly or through others. */
export function ancestorsOf(id: string, placed: readonly Needing[]): Set<string> {
  const needs = new Map(placed.map((entry) => [entry.id, entry.needs]));
  const found = new Set<string>();
  const open = [...(needs.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(needs.get(next) ?? []));
  }
  return found;
}

/** The first circle of needs, as ids in order with the first one repeated at the end; undefined when there is none. */
export function findCycle(placed: readonly Needing[]): string[] | undefined {
  const needs = new Map(placed.map((entry) => [entry.id, entry.needs]));
  const done = new Set<string>();
  for (const { id } of placed) {
    const cycle = cycleFrom(id, needs, done);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Follows needs depth first without recursion; a step that is on the current path again closes a circle. */
function cycleFrom(start: string, needs: ReadonlyMap<string, string[]>, done: Set<string>): string[] | undefined {
  const path: string[] = [];
  const open: { id: string; leave: boolean }[] = [{ id: start, leave: false }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.leave) {
      path.pop();
      done.add(next.id);
    } else if (path.includes(next.id)) {
      return [...path.slice(path.indexOf(next.id)), next.id];
    } else if (!done.has(next.id)) {
      path.push(next.id);
      open.push({ id: next.id, leave: true });
      for (const id of needs.get(next.id) ?? []) open.push({ id, leave: false });
    }
  }
  return undefined;
}

/** The same steps so that each stands after those it needs; otherwise in the order given. Circles are left as they are. */
export function inOrder<T extends { id: string; needs: readonly string[] }>(steps: readonly T[]): T[] {
  const ordered: T[] = [];
  const placed = new Set<string>();
  const known = new Set(steps.map(({ id }) => id));
  let rest = [...steps];
  while (rest.length > 0) {
    const ready = rest.filter(({ needs }) => needs.every((id) => placed.has(id) || !known.has(id)));
    const next = ready.length > 0 ? ready : rest;
    for (const step of next) placed.add(step.id);
    ordered.push(...next);
    rest = rest.filter(({ id }) => !placed.has(id));
  }
  return ordered;
}
