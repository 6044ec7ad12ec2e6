import type { Action } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { Permanent } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { scopeOfStep } from '../domain/plan-scope.ts';
import type { RunState } from '../domain/run-state.ts';
import type { HeldLease } from './lease-keeper.ts';
import type { Progress, Samples } from './ports.ts';
import type { LookParts } from './step-context.ts';

/** What the steps of one run share. */
export interface StepEnvironment {
  actions: ReadonlyMap<string, Action>;
  samples: Samples;
  progress: Progress;
  clock: Clock;
  /** Machine milliseconds after which a look counts as unanswered. */
  observationTimeoutMs: () => number;
  plan: Plan;
  lease: HeldLease;
  /** The incident as it is now; grows while a step runs. */
  state(): IncidentState;
  /** Records, before it acts, that all is as it was approved for this attempt. Rejects when the lease is lost. */
  clear(step: string, attempt: number): Promise<void>;
  /** Resolves at the next change of the journal, or with the signal. */
  nextChange(signal: AbortSignal): Promise<void>;
}

/** What a look of this step's action is given. */
export function lookParts(environment: StepEnvironment, step: PlannedStep, signal: AbortSignal): LookParts {
  const { plan, clock, samples } = environment;
  const mode = runOf(environment).modeChange?.to ?? plan.mode;
  return { plan, mode, clock, samples, signal, scope: () => scopeOfStep(plan, runOf(environment), step) };
}

/** The action of a step; throws Permanent when this release has none of that name. */
export function actionOf({ actions }: Pick<StepEnvironment, 'actions'>, step: PlannedStep): Action {
  const action = actions.get(step.uses);
  if (!action) throw new Permanent('action.unknown', `This release has no action ${step.uses}, which ${step.id} uses.`);
  return action;
}

/** The run under way; throws when there is none (a programming error). */
export function runOf({ state }: Pick<StepEnvironment, 'state'>): RunState {
  const { run, id } = state();
  if (!run) throw new Error(`incident ${id} has no run`);
  return run;
}
