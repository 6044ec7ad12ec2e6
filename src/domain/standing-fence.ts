import { type IncidentState, planOf, type RunState } from './incident-state.ts';
import { mayHaveActed } from './may-have-acted.ts';
import type { Plan } from './plan.ts';
import { isPromoted } from './promoted.ts';
import { PROMOTION } from './promoted-loss.ts';
import type { StepState } from './run-state.ts';

/** A fence on the old primary while nothing was promoted in its place: nobody can write anywhere. */
export interface StandingFence {
  /** False: the step that puts it up was cut short or could not prove it, so it may stand or not. */
  certain: boolean;
  /** A promotion was begun, and may have come through although it did not say so. */
  promotionBegun: boolean;
}

/**
 * The fence that stands, or may stand, as the run is now; undefined when writes can go somewhere, and once it is known
 * that the replica was promoted: from then on the fence is to stay. Pure.
 */
export function standingFence(state: IncidentState): StandingFence | undefined {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan || isPromoted(state)) return undefined;
  if (plan.undoOf !== undefined) return fenceLeftBy(plan, run);
  const tried = (uses: string) =>
    plan.steps.flatMap((step) => {
      const now = run.steps[step.id];
      return step.uses === uses && now && mayHaveActed(now) ? [now] : [];
    });
  const promotions = tried(PROMOTION);
  const fences = tried('postgres.fence').filter(mayHaveFenced);
  if (fences.length === 0) return undefined;
  const certain = fences.some(({ status, outputs }) => status === 'succeeded' && outputs?.fenced !== false);
  return { certain, promotionBegun: promotions.length > 0 };
}

/**
 * Whether a step that was to put up a fence, and was begun, may have done so. That it ended without one means that it is
 * not proven: what it noted as changed may be so, and so may what an attempt before it had done.
 */
export function mayHaveFenced({ outputs, changes, attempts }: StepState): boolean {
  return outputs?.fenced !== false || changes.length > 0 || attempts > 1;
}

/** The fence that an undo is to take away and has not. */
function fenceLeftBy(plan: Plan, run: RunState): StandingFence | undefined {
  const step = plan.steps.find(({ id, uses, undoes }) => {
    return uses === 'postgres.fence' && undoes && run.steps[id]?.status !== 'succeeded';
  });
  const done = step?.undoes?.done;
  return done && { certain: done.outputs.fenced === true, promotionBegun: done.unsettledSince !== undefined };
}
