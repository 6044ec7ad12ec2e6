import { nearestWord } from '../nearest.ts';
import { findCycle, type PlacedStep } from '../runbook-graph.ts';
import { type Mistake, suggest } from './mistake.ts';
import type { RunbookContext } from './runbook-context.ts';

/** Ids, actions and needs: whether the steps form a procedure at all. */
export function checkSteps(context: RunbookContext): Mistake[] {
  const { runbook, placed, actions } = context;
  const phases = runbook.phases.map(({ id }, index) => ({ id, path: ['phases', index, 'id'] }));
  const twice = repeated(
    placed.map(({ step, path }) => ({ id: step.id, path: [...path, 'id'] })),
    'step',
  );
  return [
    ...repeated(phases, 'phase'),
    ...twice,
    ...placed.flatMap(({ step, path }) => checkAction(step.uses, [...path, 'uses'], [...actions.keys(), 'runbook'])),
    ...(twice.length > 0 ? [] : [...placed.flatMap((entry) => checkNeeds(entry, placed)), ...checkCycle(placed)]),
  ];
}

/** Guards: before the first change, on actions that read, and with a sentence for whoever sees them fail. */
export function checkGuards(context: RunbookContext): Mistake[] {
  const { placed, actions } = context;
  const firstChange = placed.findIndex(
    ({ step, effect }) => (actions.has(step.uses) || step.uses === 'runbook') && effect !== 'read',
  );
  const change = placed[firstChange]?.step;
  const changing = new Set(placed.filter(({ effect }) => effect !== 'read').map(({ id }) => id));
  return placed.flatMap(({ step, path, isGuard, effect }, index): Mistake[] => {
    if (!isGuard) {
      if (step.explain === undefined) return [];
      return [{ path: [...path, 'explain'], at: 'key', message: `The step ${step.id} has an explain, but no expect.` }];
    }
    const at = { path: [...path, 'expect'], at: 'key' as const };
    const found: Mistake[] = [];
    const waitsFor =
      context.isOrdered && [...context.ancestors(step.id)].find((id) => changing.has(id) && id !== step.id);
    if (actions.has(step.uses) && effect !== 'read') {
      const message = `The step ${step.id} cannot be a guard: ${step.uses} changes something, and guards only read.`;
      found.push({ ...at, message });
    } else if (change && index > firstChange) {
      const message = `The guard ${step.id} stands after ${change.id}, the first step that changes something.`;
      found.push({ ...at, message, suggestion: 'Move it up: all guards stand before the first change.' });
    } else if (waitsFor) {
      const message = `The guard ${step.id} waits for ${waitsFor}, which changes something.`;
      found.push({ ...at, message, suggestion: 'All guards are judged before the first change.' });
    }
    if (step.explain === undefined) {
      const message = `The guard ${step.id} has no explain.`;
      found.push({ ...at, message, suggestion: 'Say what its failure means, and what to do.' });
    }
    return found;
  });
}

function repeated(ids: { id: string; path: Mistake['path'] }[], what: string): Mistake[] {
  const seen = new Set<string>();
  return ids.flatMap(({ id, path }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ path, message: `The ${what} id ${id} is used twice.`, suggestion: 'Ids are unique in a runbook.' }];
  });
}

function checkAction(uses: string, path: Mistake['path'], ids: readonly string[]): Mistake[] {
  if (ids.includes(uses)) return [];
  const near = nearestWord(uses, ids) ?? ids.find((id) => id.split('.')[1] === uses.split('.')[1]);
  return [{ path, message: `There is no action ${uses}.`, ...suggest(near) }];
}

function checkNeeds({ step, path }: PlacedStep, placed: readonly PlacedStep[]): Mistake[] {
  const known = placed.map((entry) => entry.step.id);
  return (step.needs ?? []).flatMap((id, index) => {
    if (known.includes(id)) return [];
    const near = nearestWord(id, known);
    return [
      {
        path: [...path, 'needs', index],
        message: `${step.id} needs ${id}, but there is no such step.`,
        ...suggest(near),
      },
    ];
  });
}

function checkCycle(placed: readonly PlacedStep[]): Mistake[] {
  const cycle = findCycle(placed);
  if (!cycle) return [];
  const first = placed.find(({ step }) => step.needs !== undefined && cycle.includes(step.id));
  const path = first ? [...first.path, 'needs'] : [];
  const [one] = cycle;
  if (cycle.length === 2) return [{ path, message: `${one} needs itself.` }];
  return [{ path, message: `These steps wait for each other: ${[...cycle].reverse().join(', then ')}.` }];
}
