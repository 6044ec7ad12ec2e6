import { type IncidentState, planOf } from './incident-state.ts';
import type { PlannedStep } from './plan.ts';

/** The steps of the run that wait for a person's answer just now. */
export function questionsOf({ run, plans }: Pick<IncidentState, 'run' | 'plans'>): PlannedStep[] {
  const steps = (run && planOf({ plans }, run.planId)?.plan.steps) ?? [];
  return steps.filter(({ id, uses }) => {
    const now = run?.steps[id];
    return uses === 'manual.confirm' && now?.status === 'running' && !now.answer;
  });
}

/** What a step asks a person, or its title. */
export function questionOf({ with: input, title }: PlannedStep): string {
  return typeof input.question === 'string' ? input.question : title;
}
