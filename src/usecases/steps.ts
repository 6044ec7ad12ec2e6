import { InvalidInput } from '../domain/errors.ts';
import type { IncidentEvent } from '../domain/events.ts';
import { type IncidentState, planOf, type RunState, type StepState } from '../domain/incident-state.ts';
import { nearestOrBegun } from '../domain/nearest.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { afterPromotion, finishFailover } from '../domain/promoted.ts';
import { answerOf, type Question, questionKind, questionOf } from '../domain/questions.ts';
import { keptFromSkip } from '../domain/skippable.ts';
import type { Access, Role } from '../domain/system.ts';
import type { Decision } from '../engine/ports.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { incidentOf, requireIncident, requireRole, requireRun } from './find.ts';
import { heldSentence } from './hold.ts';

export interface StepInput {
  user: string;
  runId: string;
  step: string;
}

export const STEP_CONTROL: readonly Role[] = ['command'];
export const STEP_ANSWER: readonly Role[] = ['approve', 'start'];

/** `value`: what was chosen or filled in, where the step asks for more than yes or no. */
export interface AnswerInput extends StepInput {
  confirmed: boolean;
  value?: string;
}

type Decide<I extends StepInput> = (access: Access, state: IncidentState, input: I) => Decision;

/**
 * Loads the incident of a run, lets `decide` judge, appends, and wakes the run. Returns what keeps the run from going on
 * with it, a sentence; undefined: it goes on.
 */
function stepUseCase<I extends StepInput>(decide: Decide<I>) {
  return async ({ journal, clock, access, queue }: UseCaseDependencies, input: I): Promise<string | undefined> => {
    const { id } = await requireIncident(journal, incidentOf(input.runId));
    const { state } = await journal.decide(id, clock.now(), (now) => decide(access, now, input));
    await queue.wake(id);
    return state.run && heldSentence(state.run);
  };
}

/** Pure: a failed step is tried again. */
export function decideRetry(access: Access, state: IncidentState, input: StepInput): Decision {
  requireRole(access, state.system, STEP_CONTROL, input.user, 'retry a step');
  const { run, step } = requireStep(state, input);
  if (step.status !== 'failed') throw notFailed(run, step, 'retried');
  return { events: [{ type: 'step.retry-requested', runId: run.id, step: step.id, by: input.user }] };
}

/**
 * Pure: a failed step is left behind, with a reason that stands in the outcome. Throws InvalidInput for what is never
 * skipped, see `keptFromSkip`.
 */
export function decideSkip(access: Access, state: IncidentState, input: StepInput & { reason: string }): Decision {
  requireRole(access, state.system, STEP_CONTROL, input.user, 'skip a step');
  const { run, step, planned } = requireStep(state, input);
  if (step.status === 'skipped' && step.skippedBy?.by === input.user) return { events: [] };
  if (step.status !== 'failed') throw notFailed(run, step, 'skipped');
  assertMayBeSkipped(state, run, step, planned);
  return {
    events: [{ type: 'step.skipped', runId: run.id, step: step.id, by: input.user, reason: input.reason }],
  };
}

function assertMayBeSkipped(state: IncidentState, run: RunState, step: StepState, planned: PlannedStep): void {
  const kept = keptFromSkip(state, planned);
  if (!kept) return;
  const args = `${run.id} ${step.id}`;
  if (kept.because === 'guard') {
    const override = step.differences ? `, pass it on the record with \`/dr override ${args} --reason "…"\`,` : '';
    throw new InvalidInput(
      'step.guard',
      `${step.id} is a guard: what it protects would be in danger. Mend its cause and retry it${override} or abort with \`/dr abort ${state.id}\`.`,
    );
  }
  if (kept.because === 'promoted') {
    throw new InvalidInput(
      'step.fence',
      `${step.id} is not skipped: what comes after it would take back what the new primary needs. ${finishFailover(state) ?? afterPromotion(state)}`,
    );
  }
  const hasten = kept.mayHasten ? `, sign for that with \`/dr emergency ${run.id} --reason "…"\`` : '';
  const anew = kept.maySign
    ? ' and ask for a new plan, whose approval signs for it'
    : ': nobody signs for that on a planned way';
  throw new InvalidInput(
    'step.fence',
    `${step.id} is the fence: without it two primaries could take writes, and nobody has signed for that. Retry it with \`/dr retry ${args}\`${hasten}, or abort with \`/dr abort ${state.id}\`${anew}.`,
  );
}

/** Pure: a person's answer to a step that asks one. */
export function decideAnswer(access: Access, state: IncidentState, input: AnswerInput): Decision {
  requireRole(access, state.system, STEP_ANSWER, input.user, 'answer a step');
  const { run, step, planned } = requireStep(state, input);
  const kind = questionKind(planned);
  if (kind === undefined) {
    throw new InvalidInput(
      'step.not-manual',
      `${step.id} asks nobody anything: \`/dr status ${state.id}\` says which step does.`,
    );
  }
  if (step.answer) {
    const { by, confirmed, value } = step.answer;
    if (by === input.user && confirmed === input.confirmed && sameValue(value, input.value)) return { events: [] };
    const said = value === undefined ? (confirmed ? 'yes' : 'no') : `“${value}”`;
    const next = confirmed
      ? 'the run goes on with that'
      : `a commander may have it asked again with \`/dr retry ${run.id} ${step.id}\``;
    throw new InvalidInput('step.answered', `<@${by}> already answered ${step.id} with ${said}: ${next}.`);
  }
  if (step.status !== 'running') {
    throw new InvalidInput(
      'step.not-asking',
      `${step.id} of ${run.id} is ${step.status} and asks nothing now: ${NEXT[step.status]}.`,
    );
  }
  const answer = answerTo(state, run, planned, input);
  const event: IncidentEvent = { type: 'step.answered', runId: run.id, step: step.id, by: input.user, ...answer };
  return { events: [event] };
}

/** What is recorded: yes or no, or what was chosen or filled in. Throws InvalidInput when it answers another question. */
function answerTo(
  state: IncidentState,
  run: RunState,
  planned: PlannedStep,
  { confirmed, value }: AnswerInput,
): { confirmed: boolean; value?: string } {
  const plan = planOf(state, run.planId)?.plan;
  if (!plan) throw new Error(`${run.id} has no plan`);
  if (!confirmed) return { confirmed };
  const question = questionOf(plan, run, planned);
  if (question.kind === 'confirm') {
    if (value === undefined || YES.test(value)) return { confirmed: true };
    if (NO.test(value)) return { confirmed: false };
    const args = `${run.id} ${planned.id}`;
    throw new InvalidInput(
      'step.yes-or-no',
      `${planned.id} asks for yes or no: \`/dr confirm ${args}\` or \`/dr decline ${args}\`.`,
    );
  }
  if (value === undefined) {
    throw new InvalidInput(
      'step.needs-value',
      `${planned.id} asks for more than yes: \`/dr answer ${run.id} ${planned.id} ${exampleOf(question)}\`.`,
    );
  }
  return { confirmed: true, value: answerOf(question, value) };
}

const YES = /^(yes|y|ok)$/i;
const NO = /^(no|n)$/i;

/** An answer that would do. */
function exampleOf({ options, example }: Question): string {
  return options[0]?.value ?? example ?? '<answer>';
}

/** A second click of the same person says the same, also where yes or no stands for itself. */
function sameValue(recorded: string | undefined, said: string | undefined): boolean {
  return (
    recorded === said?.trim() || (recorded === undefined && said !== undefined && (YES.test(said) || NO.test(said)))
  );
}

export const retryStep = stepUseCase(decideRetry);
export const skipStep = stepUseCase(decideSkip);
export const answerStep = stepUseCase(decideAnswer);

/** The run under way and its step; throws InvalidInput with the nearest name when there is none. */
export function requireStep(
  state: IncidentState,
  { runId, step: id }: StepInput,
): { run: RunState; step: StepState; planned: PlannedStep } {
  const run = requireRun(state, runId);
  const step = run.steps[id];
  if (!step) {
    const match = nearestOrBegun(id, Object.keys(run.steps));
    throw new InvalidInput(
      'step.unknown',
      `${run.id} has no step “${id.slice(0, 60)}”.${match ? ` Did you mean ${match}?` : ''}`,
    );
  }
  const planned = planOf(state, run.planId)?.plan.steps.find((entry) => entry.id === id);
  if (!planned) throw new Error(`the plan of ${run.id} has no step ${id}`);
  return { run, step, planned };
}

/** What becomes of a step that has not failed, and what to do about it. */
const NEXT: Record<StepState['status'], string> = {
  waiting: 'wait until it begins',
  running: 'wait until it has ended',
  'backing off': 'it is tried again by itself, wait for that',
  failed: 'retry it first',
  succeeded: 'it is done, and nothing is left to do about it',
  skipped: 'that is decided, and the run goes on without it',
  'left out': 'that is decided, and the run goes on without it',
};

/** That `verb` is for failed steps only, and what to do with this one. */
export function notFailed(run: RunState, step: StepState, verb: string): InvalidInput {
  return new InvalidInput(
    'step.not-failed',
    `${step.id} of ${run.id} is ${step.status}, and only a failed step can be ${verb}: ${NEXT[step.status]}.`,
  );
}
