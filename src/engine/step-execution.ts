import type { Change, JsonObject, RunContext, RunResult } from '../domain/action.ts';
import { Permanent, type Retryable } from '../domain/errors.ts';
import { resolveValue } from '../domain/expression.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { gatheredOutputs, isRead, scopeOfStep } from '../domain/plan-scope.ts';
import { questionKind } from '../domain/questions.ts';
import { type StepState, stepOf } from '../domain/run-state.ts';
import { assertStillApproved, judgeGuard } from './guards.ts';
import { pause } from './pause.ts';
import { runContext } from './step-context.ts';
import { actionOf, lookParts, runOf, type StepEnvironment } from './step-environment.ts';
import { untilAborted } from './until-aborted.ts';

/** Machine milliseconds that a mutating call gets to answer: AWS and Kubernetes take 0.1 to 0.4 s, on a bad day ten. */
const ANSWER_TIME = 15_000;

/** One attempt of a step under way. */
export interface Attempt {
  result: Promise<RunResult<JsonObject>>;
  /** What it has changed by now. */
  changed(): readonly Change[];
  /**
   * Lets no further mutating call out (it throws `reason` instead) and resolves when none is in flight, so that what the
   * step did is known and somebody else may write; after `limit` machine milliseconds at the latest.
   */
  quiet(reason: Error, limit?: number): Promise<void>;
}

/** What an attempt and whoever ends it know of its calls. */
class Calls {
  changes: readonly Change[] = [];
  /** Why its newest look could not be taken; undefined when it was. */
  trouble: Retryable | undefined;
  #closed: Error | undefined;
  #inFlight = false;
  #answered: () => void = () => undefined;

  before(): void {
    if (this.#closed) throw this.#closed;
    this.#inFlight = true;
  }

  after(): void {
    this.#inFlight = false;
    this.#answered();
  }

  async close(reason: Error, limit: number): Promise<void> {
    this.#closed ??= reason;
    if (!this.#inFlight) return;
    const answered = new AbortController();
    this.#answered = () => answered.abort();
    await pause(limit, answered.signal);
  }
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
  const calls = new Calls();
  const result = execute(environment, step, operationId, signal, calls).finally(() => calls.after());
  return {
    result,
    changed: () => calls.changes,
    quiet: (reason, limit = ANSWER_TIME) => calls.close(reason, limit),
  };
}

async function execute(
  environment: StepEnvironment,
  step: PlannedStep,
  operationId: string,
  signal: AbortSignal,
  calls: Calls,
): Promise<RunResult<JsonObject>> {
  const timeout = new AbortController();
  const stop = AbortSignal.any([signal, environment.lease.signal, timeout.signal]);
  const timer = environment.clock.sleep(step.timeoutSeconds * 1000, stop).then(
    () => timeout.abort(timedOut(step, calls.trouble)),
    () => undefined,
  );
  try {
    if (step.gathers) return { outputs: gatheredOutputs(environment.plan, runOf(environment), step), changes: [] };
    if (step.expect !== undefined) {
      const outputs = await judgeGuard(environment, step, stop);
      if (outputs || !isRead(environment.plan, step)) return { outputs: outputs ?? {}, changes: [] };
      // Two people passed what could not be measured in time. What later steps read of it is brought as any step brings it,
      // or this one fails: not a later one, after something has been changed.
      return await act(environment, step, contextOf(environment, step, operationId, stop, calls), stop);
    }
    if (step.effect === 'irreversible') await clear(environment, step, stop);
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

/** A person who did not answer is no failure of anything that was tried; what could not be looked at says so. */
function timedOut({ title, uses, timeoutSeconds }: PlannedStep, trouble: Retryable | undefined): Permanent {
  const limit = formatSeconds(timeoutSeconds);
  const why = trouble === undefined ? '' : ` ${trouble.message}`;
  const sentence =
    questionKind({ uses }) !== undefined
      ? `Nobody answered within ${limit}.`
      : `${title}: not done after ${limit}, the step's timeout.${why}`;
  return new Permanent('step.timeout', sentence, { cause: trouble });
}

/**
 * Lets an irreversible step act once all is as it was approved. Guards and facts speak of the world as it was approved
 * only until an attempt may have acted: after that they would judge this run's own change (a replica that is being
 * promoted is no longer available). The journal says so before the first call, so that a crash while looking does not
 * count as an act, and one after it does.
 */
async function clear(environment: StepEnvironment, step: PlannedStep, signal: AbortSignal): Promise<void> {
  const { cleared, attempts } = stepOf(runOf(environment), step.id);
  if (cleared) return;
  await assertStillApproved(environment, step, signal);
  await environment.clear(step.id, attempts);
}

function contextOf(
  environment: StepEnvironment,
  step: PlannedStep,
  operationId: string,
  signal: AbortSignal,
  calls: Calls,
): RunContext {
  const { clock, lease, progress, nextChange, state } = environment;
  const run = runOf(environment);
  return runContext({
    ...lookParts(environment, step, signal),
    lease,
    nextChange,
    operationId,
    firstAttemptAt: stepOf(run, step.id).firstAttemptAt ?? clock.now(),
    earlierAttempts: earlierAttempts(stepOf(run, step.id)),
    beforeCall: () => calls.before(),
    afterCalls: () => calls.after(),
    looked(trouble) {
      calls.trouble = trouble;
    },
    changed(changes) {
      calls.changes = changes;
    },
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

/** Every attempt before this one by its error; one that a crash cut short has none, and may have acted. */
function earlierAttempts({ attempts, errors }: StepState): string[] {
  const interrupted = Math.max(0, attempts - 1 - errors.length);
  return [...Array.from({ length: interrupted }, () => 'interrupted'), ...errors.map(({ code }) => code)];
}
