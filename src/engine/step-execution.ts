import type { Change, JsonObject, RunContext, RunResult } from '../domain/action.ts';
import { BEFORE_ACTING, Permanent } from '../domain/errors.ts';
import { resolveValue } from '../domain/expression.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { gatheredOutputs, scopeOfStep } from '../domain/plan-scope.ts';
import { stepOf } from '../domain/run-state.ts';
import { assertStillApproved, judgeGuard } from './guards.ts';
import { pause } from './pause.ts';
import { runContext } from './step-context.ts';
import { actionOf, lookParts, runOf, type StepEnvironment } from './step-environment.ts';
import { untilAborted } from './until-aborted.ts';

/** Machine milliseconds that a mutating call gets to answer: AWS and Kubernetes take 0.1 to 0.4 s. */
const ANSWER_TIME = 2000;

/** One attempt of a step under way. */
export interface Attempt {
  result: Promise<RunResult<JsonObject>>;
  /** What it has changed by now. */
  changed(): readonly Change[];
  /**
   * Resolves when no mutating call of it is in flight, so that what it did is known and somebody else may write: at once
   * when none was sent lately, and after `ANSWER_TIME` at the latest.
   */
  quiet(): Promise<void>;
}

/**
 * Runs one step to its end: a guard is judged, outputs are gathered, an undo takes back, everything else converges. The
 * result rejects with what the action throws, or with the signal's reason.
 */
export function startAttempt(
  environment: StepEnvironment,
  step: PlannedStep,
  operationId: string,
  signal: AbortSignal,
): Attempt {
  let sentAt = Number.NEGATIVE_INFINITY;
  let changes: readonly Change[] = [];
  let settled = false;
  const calls = {
    onMutation() {
      sentAt = performance.now();
    },
    changed(now: readonly Change[]) {
      changes = now;
    },
  };
  const result = execute(environment, step, operationId, signal, calls).finally(() => {
    settled = true;
  });
  return {
    result,
    changed: () => changes,
    async quiet() {
      const left = sentAt + ANSWER_TIME - performance.now();
      if (settled || left <= 0) return;
      const ended = new AbortController();
      const end = () => ended.abort();
      result.then(end, end);
      await pause(left, ended.signal);
    },
  };
}

async function execute(
  environment: StepEnvironment,
  step: PlannedStep,
  operationId: string,
  signal: AbortSignal,
  calls: { onMutation: () => void; changed: RunContext['changed'] },
): Promise<RunResult<JsonObject>> {
  const timeout = new AbortController();
  const stop = AbortSignal.any([signal, environment.lease.signal, timeout.signal]);
  const timer = environment.clock.sleep(step.timeoutSeconds * 1000, stop).then(
    () => timeout.abort(new Permanent('step.timeout', timeoutSentence(step))),
    () => undefined,
  );
  try {
    if (step.gathers) return { outputs: gatheredOutputs(environment.plan, runOf(environment), step), changes: [] };
    if (step.expect !== undefined) return { outputs: await judgeGuard(environment, step, stop), changes: [] };
    if (step.effect === 'irreversible' && hasDoneNothingYet(environment, step))
      await assertStillApproved(environment, step, stop);
    return await act(environment, step, contextOf(environment, step, operationId, stop, calls), stop);
  } finally {
    timeout.abort(new Permanent('step.ended', `${step.title} has ended.`));
    await timer;
  }
}

async function act(
  environment: StepEnvironment,
  step: PlannedStep,
  context: RunContext,
  stop: AbortSignal,
): Promise<RunResult<JsonObject>> {
  const action = actionOf(environment, step);
  const scope = scopeOfStep(environment.plan, runOf(environment), step);
  const input = action.input.parse(resolveValue(step.with, scope));
  if (step.undoes) {
    if (!action.undo) throw new Permanent('undo.unknown', `This release cannot take back ${step.uses}.`);
    return untilAborted(action.undo.run(context, input, step.undoes.done), stop);
  }
  const result = await untilAborted(action.run(context, input), stop);
  return { ...result, outputs: action.output.parse(result.outputs) as JsonObject };
}

/** A person who did not answer is no failure of anything that was tried. */
function timeoutSentence({ title, uses, timeoutSeconds }: PlannedStep): string {
  const limit = formatSeconds(timeoutSeconds);
  return uses === 'manual.confirm'
    ? `Nobody answered within ${limit}.`
    : `${title}: not done after ${limit}, the step's timeout.`;
}

/**
 * Whether no earlier attempt can have acted: then guards and facts speak of the world as it was approved. After an
 * attempt that was cut short they would judge this run's own change (a replica that is being promoted is no longer
 * available).
 */
function hasDoneNothingYet(environment: StepEnvironment, { id }: PlannedStep): boolean {
  const { attempts, errors } = stepOf(runOf(environment), id);
  return attempts === 1 + errors.filter(({ code }) => BEFORE_ACTING.has(code)).length;
}

function contextOf(
  environment: StepEnvironment,
  step: PlannedStep,
  operationId: string,
  signal: AbortSignal,
  calls: { onMutation: () => void; changed: RunContext['changed'] },
): RunContext {
  const { clock, lease, progress, nextChange, state } = environment;
  const run = runOf(environment);
  return runContext({
    ...lookParts(environment, step, signal),
    lease,
    nextChange,
    operationId,
    firstAttemptAt: stepOf(run, step.id).firstAttemptAt ?? clock.now(),
    ...calls,
    progress(sentence) {
      // Lost progress is only a line on the board that comes a little later.
      progress.set(run.id, step.id, sentence, clock.now()).catch(() => undefined);
    },
    signed(kind, subject) {
      const name = `${kind}:${subject}`;
      const approved = state().plans.find(({ plan }) => plan.id === run.planId);
      return [approved?.decision?.signed, runOf(environment).modeChange?.signed].some((all) => all?.includes(name));
    },
    answer: () => stepOf(runOf(environment), step.id).answer,
  });
}
