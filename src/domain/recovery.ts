import type { IncidentState } from './incident-state.ts';
import { planOf } from './incident-state.ts';
import { isRecovered } from './outcome.ts';
import { ENDED } from './scheduler.ts';

/** What the recovery came to, as far as Lifeboat itself can know it. */
export interface RecoveryFigures {
  /** World time at which users could work again: the end of the last step that is not a person's confirmation. */
  recoveredAt?: number;
  /** From detection to `recoveredAt`. */
  recoverySeconds?: number;
  rtoSeconds: number;
  /** Upper bound of the data loss in seconds; 0 when the replica had received every write; undefined: not known. */
  lossSeconds?: number;
  /** How `lossSeconds` is known. */
  lossSource?: 'every write was received' | 'from the write positions sampled before the outage';
  rpoSeconds: number;
}

/** True when the incident's run brought the system back. An undo that came through brings back only what was before. */
export function hasRecovered(state: Pick<IncidentState, 'run' | 'plans'>): boolean {
  return isRecovered(state.run) && !isUndo(state);
}

/** Whether the incident's run takes back what an earlier one did. */
export function isUndo({ run, plans }: Pick<IncidentState, 'run' | 'plans'>): boolean {
  return run !== undefined && planOf({ plans }, run.planId)?.plan.undoOf !== undefined;
}

/** Figures of the run of an incident; undefined before there is a plan. Of an undo only the targets. */
export function recoveryFigures(state: IncidentState): RecoveryFigures | undefined {
  const plan = planOf(state, state.run?.planId)?.plan;
  if (!plan) return undefined;
  const figures: RecoveryFigures = {
    rtoSeconds: plan.system.rto[plan.severity],
    rpoSeconds: plan.system.rpo.database,
  };
  if (!state.run || plan.undoOf !== undefined) return figures;
  const { steps } = state.run;
  const outputsOf = (action: string) => {
    const step = plan.steps.find(({ uses }) => uses === action);
    const stepState = step && steps[step.id];
    return stepState?.status === 'succeeded' ? (stepState.outputs ?? {}) : undefined;
  };
  if (outputsOf('postgres.catch-up')) {
    figures.lossSeconds = 0;
    figures.lossSource = 'every write was received';
  } else {
    const loss = outputsOf('postgres.predicted-loss')?.lossSeconds;
    if (typeof loss === 'number') {
      figures.lossSeconds = loss;
      figures.lossSource = 'from the write positions sampled before the outage';
    }
  }
  // A person's confirmation comes after users can work: what is left to be confirmed does not lengthen the outage.
  const machine = plan.steps.filter(({ uses }) => !uses.startsWith('manual.'));
  const allEnded = machine.every(({ id }) => ENDED.has(steps[id]?.status ?? 'waiting'));
  if (allEnded && (isRecovered(state.run) || state.run.status === 'running' || state.run.status === 'paused')) {
    const ends = machine.map(({ id }) => steps[id]?.endedAt ?? 0);
    figures.recoveredAt = Math.max(state.run.startedAt, ...ends);
    figures.recoverySeconds = (figures.recoveredAt - state.detectedAt) / 1000;
  }
  return figures;
}
