import { type Question, questionsOf } from '../domain/questions.ts';
import type { Journal } from '../engine/ports.ts';
import { incidentOf } from './find.ts';

/** What a step of a run asks people just now; undefined: nothing, or there is no such step. */
export async function questionOfStep(
  journal: Pick<Journal, 'state'>,
  { runId, step }: { runId: string; step: string },
): Promise<Question | undefined> {
  const state = await journal.state(incidentOf(runId));
  if (!state || (state.run?.id !== runId && state.id !== runId)) return undefined;
  return questionsOf(state).find((question) => question.step.id === step);
}
