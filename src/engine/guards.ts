import type { Action, JsonObject } from '../domain/action.ts';
import { describeError, GuardFailed, isStoreTrouble, LeaseLost, Retryable } from '../domain/errors.ts';
import type { Difference } from '../domain/events.ts';
import { explanationOf } from '../domain/explanation.ts';
import { evaluateCondition, resolveValue } from '../domain/expression.ts';
import type { PlannedObservation, PlannedStep } from '../domain/plan.ts';
import { factDifferences } from '../domain/plan-facts.ts';
import { isStable, regionsLeft } from '../domain/plan-hash.ts';
import { conditionsHold, scopeOfStep } from '../domain/plan-scope.ts';
import { guardKey, isAccepted, type RunState, stepOf } from '../domain/run-state.ts';
import { ENDED } from '../domain/scheduler.ts';
import { timeLimit } from '../domain/time-limit.ts';
import { pause, STORE_PAUSE } from './pause.ts';
import { observeContext } from './step-context.ts';
import { actionOf, lookParts, runOf, type StepEnvironment } from './step-environment.ts';
import { untilAborted } from './until-aborted.ts';

/** Looks that are taken when the network fails, a world second apart. */
const LOOKS = 3;
/** World milliseconds for which a service that throttles is asked again, a world second apart. */
const THROTTLED_FOR = 30_000;
/** Room for an adapter to end a look by itself, with its own words, before it is cut off. */
const GRACE = 1.5;
/** Machine milliseconds in which an action that declares how long it looks says what it did not get to see. */
const LAST_WORDS = 1000;

/**
 * Looks and judges a guard; its outputs when it holds or when two people accepted that it does not, undefined when they
 * accepted that it could not be measured. Throws GuardFailed `guard.failed` with the measured values, also when it could
 * not be measured.
 */
export async function judgeGuard(
  environment: StepEnvironment,
  step: PlannedStep,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const verdict = await measure(environment, step, signal);
  if (!verdict.failure || isAccepted(runOf(environment), verdict.failure.key)) return verdict.outputs;
  const differences = [verdict.failure];
  throw new GuardFailed('guard.failed', verdict.failure.sentence, { cause: verdict.cause, differences });
}

/**
 * Directly before `next`, which cannot be taken back: every guard once more, and the facts of what the remaining steps
 * touch against the approved ones, side by side. What this run has written itself is expected to differ; so is what can
 * be seen of regions that are being left. Throws GuardFailed `approval.void` that names every difference which nobody
 * accepted in this run.
 */
export async function assertStillApproved(
  environment: StepEnvironment,
  next: PlannedStep,
  signal: AbortSignal,
): Promise<void> {
  const { plan } = environment;
  const run = runOf(environment);
  const guards = plan.steps.filter(({ id, expect }) => expect !== undefined && stepOf(run, id).status === 'succeeded');
  const [verdicts, facts] = await Promise.all([
    Promise.all(guards.map((guard) => measure(environment, guard, signal))),
    Promise.all(remainingSteps(environment, run, next).map((step) => compareFacts(environment, step, signal))),
  ]);
  const found = [...verdicts.flatMap(({ failure }) => failure ?? []), ...facts.flat()];
  const differences = found.filter(({ key }) => !isAccepted(run, key));
  if (differences.length === 0) return;
  const sentences = differences.map(({ sentence }) => sentence).join(' ');
  throw new GuardFailed('approval.void', `It is no longer as it was approved: ${sentences}`, { differences });
}

interface Verdict {
  /** Undefined: it could not be measured. */
  outputs?: JsonObject;
  failure?: Difference;
  cause?: unknown;
}

async function measure(environment: StepEnvironment, step: PlannedStep, signal: AbortSignal): Promise<Verdict> {
  const failure = (sentence: string, seen?: JsonObject) => ({
    key: guardKey(step.id),
    sentence: `${sentence} ${explanationOf(step, seen)}`.trim(),
  });
  const scope = scopeOfStep(environment.plan, runOf(environment), step);
  let outputs: JsonObject;
  try {
    const observed = await look(environment, step, signal);
    outputs = actionOf(environment, step).output.parse({ ...observed.facts, ...observed.measurements }) as JsonObject;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof LeaseLost) throw cause;
    return { failure: failure(`${step.title}: it could not be measured. ${describeError(cause)}`), cause };
  }
  try {
    if (evaluateCondition(step.expect ?? 'true', { ...scope, outputs })) return { outputs };
  } catch (cause) {
    return { outputs, failure: failure(`${step.title}: ${describeError(cause)}`, { ...scope, outputs }), cause };
  }
  const measured = Object.entries(outputs).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return { outputs, failure: failure(`${step.title}: no (${measured.join(', ')}).`, { ...scope, outputs }) };
}

/** Looks as a step's action looks; again after an error that may pass. */
async function look(environment: StepEnvironment, step: PlannedStep, signal: AbortSignal) {
  const action = actionOf(environment, step);
  const scope = scopeOfStep(environment.plan, runOf(environment), step);
  // What the run has not brought yet, the plan did not know either.
  const input = step.lookedWith ?? action.input.parse(resolveValue(step.with, scope));
  const patientUntil = environment.clock.now() + THROTTLED_FOR;
  for (let looks = 1; ; looks++) {
    const { deadline, cutOff } = limitsOf(action, environment, signal);
    try {
      const context = observeContext(lookParts(environment, step, deadline));
      return await untilAborted(action.observe(context, input), cutOff);
    } catch (error) {
      signal.throwIfAborted();
      if (isStoreTrouble(error)) {
        looks -= 1;
        await pause(STORE_PAUSE, signal);
        continue;
      }
      if (!(error instanceof Retryable)) throw error;
      const goesOn = looks < LOOKS || (error.isThrottled && environment.clock.now() < patientUntil);
      if (!goesOn) throw error;
      await environment.clock.sleep(1000, signal);
    }
  }
}

/** When a look is asked to end, and when it is no longer waited for; both end with `signal`. */
function limitsOf({ observationSeconds }: Action, environment: StepEnvironment, signal: AbortSignal) {
  const within = (milliseconds: number) => AbortSignal.any([signal, timeLimit(milliseconds)]);
  if (observationSeconds === undefined) {
    const deadline = within(GRACE * environment.observationTimeoutMs());
    return { deadline, cutOff: deadline };
  }
  const milliseconds = 1000 * observationSeconds;
  return { deadline: within(milliseconds), cutOff: within(milliseconds + LAST_WORDS) };
}

/** Steps that are still to come, `next` first, whose approved facts must stand: not what this run has written itself. */
function remainingSteps({ plan }: StepEnvironment, run: RunState, next: PlannedStep): PlannedStep[] {
  const left = regionsLeft(plan);
  const begun = plan.steps.filter(({ id }) => id !== next.id && stepOf(run, id).attempts > 0);
  const written = new Set(begun.flatMap(({ writes }) => writes));
  return plan.steps.filter(
    (step) =>
      !ENDED.has(stepOf(run, step.id).status) &&
      step.expect === undefined &&
      step.observation.state === 'observed' &&
      Object.keys(step.observation.facts).length > 0 &&
      isStable(step, left) &&
      !step.writes.some((name) => written.has(name)),
  );
}

/**
 * Whether it is known that a step is to be taken. One of several ways is chosen later, by a look of its own: that it does
 * not answer now decides nothing, while another fact of it is a difference all the same.
 */
function isCertain(environment: StepEnvironment, step: PlannedStep): boolean {
  try {
    return conditionsHold(environment.plan, runOf(environment), step);
  } catch (error) {
    // Its condition reads what an earlier step has not brought yet.
    if (error instanceof GuardFailed && error.code === 'guard.unknown') return false;
    throw error;
  }
}

async function compareFacts(
  environment: StepEnvironment,
  step: PlannedStep,
  signal: AbortSignal,
): Promise<Difference[]> {
  let now: PlannedObservation;
  try {
    now = { state: 'observed', ...(await look(environment, step, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LeaseLost) throw error;
    if (!isCertain(environment, step)) return [];
    now = { state: 'unreachable', reason: describeError(error).replace(/\.$/, '') };
  }
  return factDifferences(step, now);
}
