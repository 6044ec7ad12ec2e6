import { type IncidentState, planOf } from './incident-state.ts';
import { pinnedSentence, pinnedServices } from './pinned-services.ts';
import type { PlannedStep } from './plan.ts';
import { afterPromotion, isPromoted } from './promoted.ts';
import { standingFence } from './standing-fence.ts';
import { undoable } from './undo.ts';

/** What is always true of an abort: said first, since the rest may not fit. */
const NOT_UNDONE = 'Nothing is undone by itself, and no new step starts.';

/** What an abort would leave behind and what can be done about it, a sentence each: what is always true, then the gravest. */
export function abortWarnings(state: IncidentState): string[] {
  const { run, id } = state;
  const plan = planOf(state, run?.planId)?.plan;
  const begun = plan?.steps.find((step) => step.effect === 'irreversible' && run?.steps[step.id]?.status === 'running');
  const fence = standingFence(state);
  const { undo, not } = undoable(state);
  return [
    NOT_UNDONE,
    ...(isPromoted(state) ? [afterPromotion(state)] : []),
    ...(fence
      ? [
          `Writes on the old primary ${fence.certain ? 'stay' : 'may stay'} stopped: once the run has ended, \`/dr undo ${id}\` allows them again, first of all.`,
        ]
      : []),
    ...pinnedServices(run, plan).map((pinned) => pinnedSentence(pinned, id)),
    ...(begun ? [`“${begun.title}” has begun and ends by itself; a new plan then goes on from there.`] : []),
    ...(undo.length > 0 && !fence
      ? [`Can be taken back with \`/dr undo ${id}\` once the run has ended: ${titles(undo)}.`]
      : []),
    ...(undo.length > 1 && fence ? [`It can take back in all: ${titles(undo)}.`] : []),
    ...(not.length > 0 ? [`Stays as it is: ${titles(not.map(({ step }) => step))}.`] : []),
  ];
}

/** As many whole sentences as fit, the first ones; `limit` in characters. */
export function sentencesWithin(sentences: readonly string[], limit: number): string {
  let text = '';
  for (const sentence of sentences) {
    const longer = text === '' ? sentence : `${text} ${sentence}`;
    if (longer.length <= limit) text = longer;
  }
  return text;
}

function titles(steps: readonly PlannedStep[]): string {
  return steps.map(({ title }) => `“${title}”`).join(', ');
}
