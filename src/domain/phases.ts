import type { RunState, StepState } from './incident-state.ts';
import { stepOf } from './incident-state.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { ENDED } from './scheduler.ts';

export type PhaseStatus = 'waiting' | 'running' | 'done' | 'failed';

export interface PhaseProgress {
  id: string;
  title: string;
  status: PhaseStatus;
  targetSeconds: number;
  startedAt?: number;
  endedAt?: number;
  steps: { step: PlannedStep; state: StepState }[];
}

/** Each phase of a run with its state; phases may overlap, since steps follow their needs. Times are world time. */
export function phasesOf(plan: Plan, run: RunState): PhaseProgress[] {
  return plan.phases.map(({ id, title, targetSeconds }) => {
    const steps = plan.steps.filter(({ phase }) => phase === id).map((step) => ({ step, state: stepOf(run, step.id) }));
    const states = steps.map(({ state }) => state);
    const startedAt = smallest(states.map((state) => state.startedAt));
    const done = states.every(({ status }) => ENDED.has(status));
    const failed = states.some(({ status }) => status === 'failed');
    const endedAt = done ? largest(states.map((state) => state.endedAt)) : undefined;
    const status = done ? 'done' : failed ? 'failed' : startedAt === undefined ? 'waiting' : 'running';
    return {
      id,
      title,
      status,
      targetSeconds,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(endedAt === undefined ? {} : { endedAt }),
      steps,
    };
  });
}

function smallest(values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

function largest(values: (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
