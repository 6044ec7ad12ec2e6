import type { Action } from './action.ts';
import type { Runbook, RunbookStep } from './runbook.ts';

/** A step of a runbook in its place. */
export interface PlacedStep {
  step: RunbookStep;
  phase: string;
  /** Where it stands in the file: `['phases', 1, 'steps', 0]`. */
  path: readonly (string | number)[];
  effect: Action['effect'];
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
 * An unknown action counts as one that cannot be taken back.
 */
export function placeSteps(runbook: Runbook, actions: ReadonlyMap<string, Pick<Action, 'effect'>>): PlacedStep[] {
  const placed = runbook.phases.flatMap((phase, phaseIndex) =>
    phase.steps.map(
      (step, stepIndex): PlacedStep => ({
        step,
        phase: phase.id,
        path: ['phases', phaseIndex, 'steps', stepIndex],
        effect: actions.get(step.uses)?.effect ?? 'irreversible',
        isGuard: step.expect !== undefined,
        needs: [],
      }),
    ),
  );
  const firstChange = placed.findIndex(({ effect }) => effect !== 'read');
  for (const [index, entry] of placed.entries()) {
    const before = placed[index - 1]?.step.id;
    entry.needs = [...new Set(entry.step.needs ?? (before === undefined ? [] : [before]))];
  }
  if (firstChange < 0) return placed;
  const guards = placed.slice(0, firstChange).filter(({ isGuard }) => isGuard);
  for (const entry of placed.slice(firstChange)) {
    const waited = ancestorsOf(entry.step.id, placed);
    const missing = guards.map(({ step }) => step.id).filter((id) => !waited.has(id) && id !== entry.step.id);
    entry.needs = [...missing, ...entry.needs];
  }
  return placed;
}

type Needing = Pick<PlacedStep, 'needs'> & { step: { id: string } };

/** Ids of all steps that must have ended before the step `id`, directly or through others. */
export function ancestorsOf(id: string, placed: readonly Needing[]): Set<string> {
  const needs = new Map(placed.map((entry) => [entry.step.id, entry.needs]));
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
  const needs = new Map(placed.map((entry) => [entry.step.id, entry.needs]));
  const done = new Set<string>();
  for (const { step } of placed) {
    const cycle = cycleFrom(step.id, needs, done);
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
