import { type IncidentState, planOf } from './incident-state.ts';
import type { PlannedStep } from './plan.ts';
import { standingFence } from './standing-fence.ts';
import { undoable } from './undo.ts';

/**
 * What an abort would leave behind and what can be done about it, a sentence each, the gravest first; the last one is
 * always true.
 */
export function abortWarnings(state: IncidentState): string[] {
  const { run, id } = state;
  const plan = planOf(state, run?.planId)?.plan;
  const begun = plan?.steps.find((step) => step.effect === 'irreversible' && run?.steps[step.id]?.status === 'running');
  const fence = standingFence(state);
  const { undo, not } = undoable(state);
  return [
    ...(fence
      ? [
          `Writes on the old primary ${fence.certain ? 'stay' : 'may stay'} stopped: once the run has ended, \`/dr undo ${id}\` allows them again, first of all.`,
        ]
      : []),
    ...(begun ? [`“${begun.title}” has begun and ends by itself; a new plan then goes on from there.`] : []),
    ...(undo.length > 0 && !fence
      ? [`Can be taken back with \`/dr undo ${id}\` once the run has ended: ${titles(undo)}.`]
      : []),
    ...(undo.length > 1 && fence ? [`It can take back in all: ${titles(undo)}.`] : []),
    ...(not.length > 0 ? [`Stays as it is: ${titles(not.map(({ step }) => step))}.`] : []),
    'No new step starts, and nothing is undone by itself.',
  ];
}

function titles(steps: readonly PlannedStep[]): string {
  return steps.map(({ title }) => `“${title}”`).join(', ');
}
