import { type IncidentState, planOf } from './incident-state.ts';
import { mayHaveActed } from './may-have-acted.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { isPromoted, promotingPlan } from './promoted.ts';
import { type PromotedInstance, promotedInstance } from './promoted-instance.ts';
import { movesWrites } from './promoted-loss.ts';
import { type RunState, type StepState, stepOf } from './run-state.ts';
import { mayHaveFenced, standingFence } from './standing-fence.ts';

export { mayHaveActed } from './may-have-acted.ts';

/** What of an incident's run can be taken back. */
export interface Undoable {
  /** Steps to be undone, in the order in which that is to be done. */
  undo: PlannedStep[];
  /** Steps that changed something, or may have, and stay; `because` is a clause without a full stop. */
  not: { step: PlannedStep; because: string }[];
}

/**
 * What of the run of an incident can be taken back and what cannot, whether it is paused, failed, aborted or finished. A
 * step that was cut short counts as one that changed something. What comes before or after an irreversible step that was
 * begun stays, and what such a step builds on; a standing fence is the exception, since its undo looks by itself
 * whether anything was promoted. The order is the reverse of that in which the steps ended, except that a fence is taken
 * away as early as it may be: as long as it stands nobody can write. Of a run that itself undoes another: what it has not undone yet.
 * Once the replica is known to be promoted, from the state or because the caller has `promoted` seen, the fence stays and so
 * does all that its region needs. Pure.
 */
export function undoable(state: IncidentState, promoted = isPromoted(state)): Undoable {
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan) return { undo: [], not: [] };
  const promoting = promotedInstance(promotingPlan(state) ?? plan, plan.undoOf === undefined ? run : undefined);
  if (plan.undoOf !== undefined) {
    const left = plan.steps.filter(({ id, undoes }) => undoes && stepOf(run, id).status !== 'succeeded');
    const kept = (step: PlannedStep) => (promoted ? whatPromotionKeeps(promoting, step) : undefined);
    return {
      undo: left.filter((step) => kept(step) === undefined),
      not: left.flatMap((step) => {
        const because = kept(step);
        return because === undefined ? [] : [{ step, because }];
      }),
    };
  }
  const before = ancestorsIn(plan);
  const fence = !promoted && standingFence(state) !== undefined;
  const touched = plan.steps.filter((step) => mayHaveChanged(step, stepOf(run, step.id), fence));
  const stays = whatStays(touched, run, before, fence);
  for (const step of promoted ? touched : []) {
    const because = whatPromotionKeeps(promoting, step);
    const isSettled = stays.has(step.id) && !isFence(step) && !movesWrites(step);
    if (because !== undefined && !isSettled) stays.set(step.id, because);
  }
  const undo = touched.filter(({ id }) => !stays.has(id)).toSorted(latestEndFirst(plan, run));
  return {
    undo: fence ? fenceFirst(undo, before) : undo,
    not: touched.flatMap((step) => {
      const because = stays.get(step.id);
      return because === undefined ? [] : [{ step, because }];
    }),
  };
}

/** What the undo of a step starts from, as the run's journal and the plan's observation have it. */
export function whatToUndo(
  plan: Pick<Plan, 'steps'>,
  run: RunState,
  step: PlannedStep,
): NonNullable<PlannedStep['undoes']> {
  if (step.undoes) return step.undoes;
  const { outputs = {}, changes, status, attempts } = stepOf(run, step.id);
  const { observation } = step;
  // One that succeeded at once noted all that it changed.
  const saysAll = status === 'succeeded' && attempts === 1 && outputs.before !== undefined;
  const observed =
    observation.state === 'observed' && !saysAll
      ? { observed: { ...observation.facts, ...observation.measurements } }
      : {};
  const since = unsettledSince(plan, run);
  const unsettled = since === undefined ? {} : { unsettledSince: since };
  return { runId: run.id, step: step.id, done: { outputs, changes, ...observed, ...unsettled } };
}

/**
 * World time at which the last irreversible step ended that was begun and did not succeed, of an undo as the run that it
 * undoes left it; undefined: there is none.
 */
export function unsettledSince({ steps }: Pick<Plan, 'steps'>, run: RunState): number | undefined {
  const ends = steps.flatMap(({ id, effect, undoes }) => {
    if (undoes) return undoes.done.unsettledSince ?? [];
    const state = stepOf(run, id);
    if (effect !== 'irreversible' || state.status === 'succeeded' || !mayHaveActed(state)) return [];
    return [state.endedAt ?? run.finishedAt ?? state.startedAt ?? run.startedAt];
  });
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

function isFence({ uses }: PlannedStep): boolean {
  return uses === 'postgres.fence';
}

/** Why a step stays once the replica is a primary: it holds the only database that may take writes. */
function whatPromotionKeeps({ region, instance }: PromotedInstance, step: PlannedStep): string | undefined {
  if (isFence(step)) return `${instance} is a primary now`;
  if (movesWrites(step)) return 'it cannot be taken back';
  const isThere = step.dependsOn.some((one) => one.region === region);
  return isThere ? `${region}, where the only database that may take writes is, needs it` : undefined;
}

function mayHaveChanged(step: PlannedStep, state: StepState, fenceStands: boolean): boolean {
  if (step.effect === 'read' || step.gathers || !mayHaveActed(state)) return false;
  if (isFence(step)) return mayHaveFenced(state) && (fenceStands || state.changes.length > 0);
  // A later attempt that found nothing to do found what an earlier one had done.
  return state.status !== 'succeeded' || state.changes.length > 0 || state.attempts > 1;
}

/** Why each step that stays does, by its id. */
function whatStays(
  touched: PlannedStep[],
  run: RunState,
  before: ReadonlyMap<string, ReadonlySet<string>>,
  fenceStands: boolean,
): Map<string, string> {
  const isBefore = (one: PlannedStep, other: PlannedStep) => before.get(other.id)?.has(one.id) === true;
  const begun = touched.filter(({ effect }) => effect === 'irreversible');
  const mayLift = fenceStands && begun.every((step) => isDecided(stepOf(run, step.id)));
  const firm = new Map<string, string>();
  for (const step of touched) {
    const related = begun.find((other) => isBefore(step, other) || isBefore(other, step));
    if (step.effect === 'irreversible') firm.set(step.id, ofIrreversible(stepOf(run, step.id)));
    else if (related && !(isFence(step) && mayLift)) {
      firm.set(step.id, `it came ${isBefore(step, related) ? 'before' : 'after'} “${related.title}”, which stays`);
    }
  }
  for (let found = true; found; ) {
    found = false;
    for (const step of touched) {
      const onTop = touched.find((other) => firm.has(other.id) && isBefore(step, other));
      if (!onTop || firm.has(step.id) || isFence(step)) continue;
      firm.set(step.id, `“${onTop.title}” builds on it, and stays`);
      found = true;
    }
  }
  // Last: that nothing takes it back holds nothing else up.
  for (const { id, effect, withoutUndo } of touched) {
    if (effect !== 'irreversible' && withoutUndo !== undefined) firm.set(id, withoutUndo);
  }
  return firm;
}

/** False while it is still under way: what it comes to is not known then. */
function isDecided({ status }: StepState): boolean {
  return status !== 'running' && status !== 'backing off';
}

function ofIrreversible({ status }: StepState): string {
  if (status === 'succeeded') return 'it cannot be taken back';
  if (status === 'running' || status === 'backing off') return 'it is under way and cannot be taken back';
  return 'it was begun and may have come through, which cannot be taken back; look at it before you go on';
}

/** All steps that end before a step starts, by its id. */
function ancestorsIn({ steps }: Plan): ReadonlyMap<string, ReadonlySet<string>> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const known = new Map<string, ReadonlySet<string>>();
  const of = (id: string): ReadonlySet<string> => {
    const cached = known.get(id);
    if (cached) return cached;
    const needs = byId.get(id)?.needs ?? [];
    const all = new Set(needs.flatMap((need) => [need, ...of(need)]));
    known.set(id, all);
    return all;
  };
  for (const { id } of steps) of(id);
  return known;
}

/** What has not ended comes first, as if it ended now. */
function latestEndFirst({ steps }: Plan, run: RunState): (one: PlannedStep, other: PlannedStep) => number {
  const end = ({ id }: PlannedStep) => stepOf(run, id).endedAt ?? Number.MAX_SAFE_INTEGER;
  return (one, other) => end(other) - end(one) || steps.indexOf(other) - steps.indexOf(one);
}

/** A fence goes before everything that does not build on it. */
function fenceFirst(undo: PlannedStep[], before: ReadonlyMap<string, ReadonlySet<string>>): PlannedStep[] {
  const fence = undo.find(isFence);
  if (!fence) return undo;
  const onTop = undo.filter(({ id }) => before.get(id)?.has(fence.id) === true);
  return [...onTop, fence, ...undo.filter((step) => step !== fence && !onTop.includes(step))];
}
