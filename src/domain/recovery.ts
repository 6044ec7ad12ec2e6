import type { IncidentState, RunState } from './incident-state.ts';
import { planOf } from './incident-state.ts';
import { isRecovered } from './outcome.ts';
import { type Loss, lossOf, promotes } from './promoted-loss.ts';
import { isReadOnly } from './read-only.ts';
import { ENDED } from './scheduler.ts';
import { targetsOf } from './targets.ts';

/** What the recovery came to, as far as Lifeboat itself can know it. */
export interface RecoveryFigures extends Loss {
  /**
   * World time at which users could work again: the end of the last step that is not a person's confirmation, or, where
   * users were seen to be served again before the run began, since when.
   */
  recoveredAt?: number;
  /** From detection to `recoveredAt`. */
  recoverySeconds?: number;
  rtoSeconds: number;
  rpoSeconds: number;
  /** The earlier run whose promotion lost what was lost; undefined: the newest one, or none. */
  promotedBy?: string;
}

/** True when the incident's run brought the system back. An undo that came through brings back only what was before. */
export function hasRecovered(state: Pick<IncidentState, 'run' | 'plans' | 'recoveredBefore'>): boolean {
  return state.recoveredBefore === true || (isRecovered(state.run) && !isUndo(state));
}

/** Whether the incident's run takes back what an earlier one did. */
export function isUndo({ run, plans }: Pick<IncidentState, 'run' | 'plans'>): boolean {
  return run !== undefined && planOf({ plans }, run.planId)?.plan.undoOf !== undefined;
}

/** Whether the incident's run changes nothing: it looks, and what it found is its result. */
export function onlyLooks({ run, plans }: Pick<IncidentState, 'run' | 'plans'>): boolean {
  const plan = run && planOf({ plans }, run.planId)?.plan;
  return plan !== undefined && isReadOnly(plan);
}

/** The newest run of an incident that did more than look; `finishedAt` (world time) is absent while it is under way. */
export function newestChange(
  state: Pick<IncidentState, 'run' | 'plans' | 'changedBefore'>,
): { id: string; planId: string; finishedAt?: number } | undefined {
  return onlyLooks(state) ? state.changedBefore : state.run;
}

/** Figures of the run of an incident; undefined before there is a plan. Of an undo only the targets. */
export function recoveryFigures(state: IncidentState): RecoveryFigures | undefined {
  const plan = planOf(state, state.run?.planId)?.plan;
  if (!plan) return undefined;
  const figures: RecoveryFigures = {
    ...targetsOf(plan.system, plan.runbook, plan.severity),
  };
  if (!state.run || plan.undoOf !== undefined || isReadOnly(plan)) return figures;
  const { steps } = state.run;
  if (promotes(plan)) {
    const { runId, ...loss } = state.promotedLoss ?? { runId: state.run.id };
    Object.assign(figures, loss, runId === state.run.id ? {} : { promotedBy: runId });
  } else {
    Object.assign(figures, lossOf(plan, state.run));
  }
  // A person's confirmation comes after users can work: what is left to be confirmed does not lengthen the outage.
  const machine = plan.steps.filter(({ uses }) => !uses.startsWith('manual.'));
  const allEnded = machine.every(({ id }) => ENDED.has(steps[id]?.status ?? 'waiting'));
  if (allEnded && (isRecovered(state.run) || state.run.status === 'running' || state.run.status === 'paused')) {
    const ends = machine.map(({ id }) => steps[id]?.endedAt ?? 0);
    figures.recoveredAt = servedBefore(state, state.run) ?? Math.max(state.run.startedAt, ...ends);
    figures.recoverySeconds = (figures.recoveredAt - state.detectedAt) / 1000;
  }
  return figures;
}

/** Since when users had been served again when a run began, which finished what an earlier one had all but done. */
function servedBefore({ users, detectedAt }: IncidentState, { startedAt }: RunState): number | undefined {
  return users?.served && users.since > detectedAt && users.since < startedAt ? users.since : undefined;
}
