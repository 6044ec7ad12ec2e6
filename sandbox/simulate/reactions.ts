import { type IncidentState, planOf } from '../../src/domain/incident-state.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { isUndo } from '../../src/domain/recovery.ts';
import type { RunState, StepState } from '../../src/domain/run-state.ts';
import type { Crew } from './crew.ts';

/** What people do about an incident, besides asking for the first plan. */
export interface Behaviour {
  /** World milliseconds from now to the first approval; absent: a person's reaction; `never`: nobody approves. */
  approveIn: (() => number) | 'never' | undefined;
  /** Why a commander passes guards that do not hold, and which (absent: all); absent: none. */
  override?: { reason: string; steps?: readonly string[] };
  /** Answers by step; one that is not listed is confirmed. */
  answers: Readonly<Record<string, string | boolean>>;
  /** The run is aborted as soon as this step has succeeded. */
  abortAfter?: string;
  /** After that, what it changed is undone. */
  undo: boolean;
  /** Whether a run is still under way, as it was last seen: what it asked is not to be answered any more after it. */
  goesOn(runId: string): boolean;
}

/** Machine milliseconds between two looks for a button. */
const LOOK = 200;

/**
 * Lets people react to what an incident shows, each thing once. `once` schedules a reaction by its key, after a person's
 * time or the given world milliseconds.
 */
export function react(
  state: IncidentState,
  behaviour: Behaviour,
  crew: Crew,
  once: (key: string, act: () => Promise<unknown>, delay?: number) => void,
): void {
  decideOnPlans(state, behaviour, crew, once);
  const { run } = state;
  if (!run) return;
  const steps = planOf(state, run.planId)?.plan.steps ?? [];
  for (const planned of steps) {
    const step = run.steps[planned.id];
    if (step) answer(run, planned, step, behaviour, crew, once);
    if (step) overrideInRun(run, step, behaviour, crew, once);
  }
  const { abortAfter, undo } = behaviour;
  if (abortAfter === undefined) return;
  if (run.status !== 'finished' && run.steps[abortAfter]?.status === 'succeeded') {
    once(`abort ${run.id}`, () => crew.command('commander', `/dr abort ${state.id} --yes the rehearsal ends here`), 0);
  }
  if (undo && run.status === 'finished' && !isUndo(state)) {
    once(`undo ${run.id}`, () => crew.command('requester', `/dr undo ${state.id} --reason "rehearsal"`));
  }
}

function decideOnPlans(
  state: IncidentState,
  { approveIn, override }: Behaviour,
  crew: Crew,
  once: Parameters<typeof react>[3],
): void {
  const waiting = state.plans.find(({ status }) => status === 'awaiting approval');
  if (waiting && approveIn !== 'never') {
    const { id } = waiting.plan;
    const delay = state.plans.length === 1 ? approveIn?.() : undefined;
    once(`approve ${id}`, () => untilPressed(() => crew.press('approver', 'approve', id)), delay);
  }
  const refused = state.plans.at(-1);
  if (refused?.status !== 'refused' || !override) return;
  for (const { step, passed } of refused.plan.guards) {
    if (passed || !isPassed(override, step)) continue;
    const line = `/dr override ${refused.plan.id} ${step} --reason "${override.reason}"`;
    once(line, () => crew.command('commander', line));
  }
}

/** A step that fails because of guards that may be passed: one asks, a second one signs. */
function overrideInRun(
  run: RunState,
  step: StepState,
  { override }: Behaviour,
  crew: Crew,
  once: Parameters<typeof react>[3],
): void {
  if (step.status !== 'failed' || !override || !step.differences) return;
  const mayPass = step.differences.every(({ key }) => isPassed(override, key.replace(/^guard:/, '')));
  if (!mayPass) return;
  const line = `/dr override ${run.id} ${step.id}`;
  if (!step.overrideRequest) {
    once(`${line} ${step.errors.length}`, () => crew.command('commander', `${line} --reason "${override.reason}"`));
  } else once(`${line} sign ${step.errors.length}`, () => crew.command('approver', `${line} --sign`));
}

function isPassed({ steps }: NonNullable<Behaviour['override']>, step: string): boolean {
  return steps === undefined || steps.includes(step);
}

function answer(
  run: RunState,
  planned: PlannedStep,
  step: StepState,
  { answers, goesOn }: Behaviour,
  crew: Crew,
  once: Parameters<typeof react>[3],
): void {
  const { id, uses } = planned;
  if (step.status !== 'running' || step.answer || !uses.startsWith('manual.')) return;
  const said = answers[id] ?? usualAnswer(planned);
  const key = `answer ${id} ${step.errors.length}`;
  if (typeof said === 'string') once(key, () => crew.command('approver', `/dr answer ${run.id} ${id} ${said}`));
  else {
    const verb = said ? 'confirm' : 'decline';
    const press = () => crew.press('approver', verb, `${run.id} ${id}`);
    once(key, () => untilPressed(press, () => goesOn(run.id)));
  }
}

/** A question is confirmed; what is to be filled in is filled in as its example has it. */
function usualAnswer({ uses, with: input }: PlannedStep): string | boolean {
  return uses === 'manual.fill-in' && typeof input.example === 'string' ? input.example : true;
}

/** A button may reach the screen a moment after the journal knows of it; who presses it gives up when it is not wanted any more. */
async function untilPressed(press: () => Promise<boolean>, isWanted = () => true): Promise<void> {
  for (let look = 0; look < 100; look++) {
    if (!isWanted() || (await press())) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  throw new Error('the button to press was not shown within 20 s');
}
