import { mayHasten } from './emergency.ts';
import { type IncidentState, planOf } from './incident-state.ts';
import type { PlannedStep } from './plan.ts';
import { isPromoted } from './promoted.ts';
import { unfencedBy } from './unfenced.ts';

/** Why a step is never left behind by one person's word. */
export type KeptFromSkip =
  /** What it protects would be in danger. */
  | { because: 'guard' }
  /**
   * Without the fence two primaries could take writes, and nobody has signed for that. `mayHasten`: turning the run into
   * an emergency signs for it; `maySign`: the approval of a new plan does.
   */
  | { because: 'fence'; mayHasten: boolean; maySign: boolean }
  /** The rest of the undo would take back what the new primary's region needs. */
  | { because: 'promoted' };

/**
 * The one rule of what a commander may skip in the run of an incident; undefined: this step. Once somebody has signed
 * for an old primary without a fence a retry passes by itself, and lets it be watched. Pure.
 */
export function keptFromSkip(state: IncidentState, step: PlannedStep): KeptFromSkip | undefined {
  if (step.expect !== undefined) return { because: 'guard' };
  const { run } = state;
  const approved = planOf(state, run?.planId);
  if (step.undoes && isPromoted(state)) return { because: 'promoted' };
  if (!run || !approved || step.uses !== 'postgres.fence' || step.undoes) return undefined;
  const { plan, decision } = approved;
  const signed = [...(decision?.signed ?? []), ...(run.modeChange?.signed ?? [])];
  const unfenced = unfencedBy(step, plan.system);
  if (unfenced !== undefined && signed.includes(unfenced)) return undefined;
  const maySign = unfenced !== undefined;
  return {
    because: 'fence',
    maySign,
    mayHasten: maySign && plan.mode === 'planned' && !run.modeChange && mayHasten(plan, run),
  };
}
