import { type IncidentState, planOf } from './incident-state.ts';
import { standingFence } from './standing-fence.ts';

/** What an abort would leave behind, a sentence each, the gravest first; the last one is always true. */
export function abortWarnings(state: IncidentState): string[] {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  const begun = plan?.steps.find(({ id, effect }) => effect === 'irreversible' && run?.steps[id]?.status === 'running');
  return [
    ...(begun ? [`“${begun.title}” has begun and ends by itself; this runbook cannot be planned again then.`] : []),
    ...(standingFence(state) ? ['Writes on the old primary stay stopped; the board says how to allow them.'] : []),
    'No new step starts, and nothing is undone.',
  ];
}
