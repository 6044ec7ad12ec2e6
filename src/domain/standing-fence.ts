import { type IncidentState, planOf } from './incident-state.ts';

/** A fence on the old primary while nothing was promoted in its place: nobody can write anywhere. */
export interface StandingFence {
  /** False: the step that puts it up was cut short, so it may stand or not. */
  certain: boolean;
  /** A promotion was begun, and may have come through although it did not say so. */
  promotionBegun: boolean;
}

/** The fence that stands, or may stand, as the run is now; undefined when writes can go somewhere. */
export function standingFence(state: IncidentState): StandingFence | undefined {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan) return undefined;
  const tried = (uses: string) =>
    plan.steps.flatMap((step) => {
      const now = run.steps[step.id];
      return step.uses === uses && now && now.attempts > 0 ? [now] : [];
    });
  const promotions = tried('rds.promote-replica');
  const fences = tried('postgres.fence').filter(({ outputs }) => outputs?.fenced !== false);
  if (fences.length === 0 || promotions.some(({ status }) => status === 'succeeded')) return undefined;
  return { certain: fences.some(({ status }) => status === 'succeeded'), promotionBegun: promotions.length > 0 };
}
