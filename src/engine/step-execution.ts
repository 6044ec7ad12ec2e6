import type { Action, Json, JsonObject, ObserveContext, RunContext, RunResult } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { GuardFailed, Permanent, Retryable } from '../domain/errors.ts';
import { evaluateCondition, resolveValue } from '../domain/expression.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, type RunState, stepOf } from '../domain/incident-state.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import type { HeldLease } from './lease-keeper.ts';
import type { Progress, Samples } from './ports.ts';
import { waitUntil } from './wait-until.ts';

/** Looks that a guard takes when the network fails. */
const GUARD_LOOKS = 3;
/** Room for an adapter to end a look by itself, with its own words, before it is cut off. */
const GRACE = 1.5;

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
  /** Resolves at the next change of the journal, or with the signal. */
  nextChange(signal: AbortSignal): Promise<void>;
}

/** What expressions see: the plan's inputs and the outputs of the steps that have ended. */
export function scopeOf(plan: Plan, run: RunState): JsonObject {
  const steps = Object.values(run.steps).map(({ id, outputs }): [string, Json] => [id, outputs ? { outputs } : {}]);
  return {
    system: plan.system as unknown as JsonObject,
    params: plan.params,
    mode: plan.mode,
    steps: Object.fromEntries(steps),
  };
}

/** Runs one step to its end: a guard is judged, everything else converges. Throws what the action throws. */
export async function executeStep(
  environment: StepEnvironment,
  step: PlannedStep,
  operationId: string,
  signal: AbortSignal,
): Promise<RunResult<JsonObject>> {
  const { plan } = environment;
  const timeout = new AbortController();
  const stop = AbortSignal.any([signal, environment.lease.signal, timeout.signal]);
  const timer = environment.clock.sleep(step.timeoutSeconds * 1000, stop).then(
    () => {
      timeout.abort(new Permanent('step.timeout', timeoutSentence(step)));
    },
    () => undefined,
  );
  try {
    if (step.expect !== undefined) return { outputs: await judgeGuard(environment, step, stop), changes: [] };
    if (step.effect === 'irreversible' && hasDoneNothingYet(environment, step))
      await judgeGuardsAgain(environment, stop);
    const action = actionOf(environment, step);
    const input = action.input.parse(resolveValue(step.with, scopeOf(plan, runOf(environment))));
    const context = runContext(environment, step, operationId, stop);
    const result = await untilAborted(action.run(context, input), stop);
    return { ...result, outputs: action.output.parse(result.outputs) as JsonObject };
  } finally {
    timeout.abort(new Permanent('step.ended', `${step.title} has ended.`));
    await timer;
  }
}

/** A person who did not answer is no failure of anything that was tried. */
function timeoutSentence({ title, uses, timeoutSeconds }: PlannedStep): string {
  const limit = formatSeconds(timeoutSeconds);
  return uses === 'manual.confirm'
    ? `Nobody answered within ${limit}.`
    : `${title}: not done after ${limit}, the step's timeout.`;
}

/** Looks once (again after a network error) and judges; throws GuardFailed with the measured values. */
async function judgeGuard(environment: StepEnvironment, step: PlannedStep, signal: AbortSignal): Promise<JsonObject> {
  const action = actionOf(environment, step);
  const scope = scopeOf(environment.plan, runOf(environment));
  const input = action.input.parse(resolveValue(step.with, scope));
  for (let look = 1; ; look++) {
    const deadline = AbortSignal.any([
      signal,
      AbortSignal.timeout(Math.ceil(GRACE * environment.observationTimeoutMs())),
    ]);
    try {
      const observed = await untilAborted(action.observe(observeContext(environment, deadline), input), deadline);
      const outputs = action.output.parse({ ...observed.facts, ...observed.measurements }) as JsonObject;
      if (evaluateCondition(step.expect ?? 'true', { ...scope, outputs })) return outputs;
      const measured = Object.entries(outputs).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
      throw new GuardFailed('guard.failed', `${step.title}: no (${measured.join(', ')}). ${step.explain ?? ''}`.trim());
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Retryable) || look >= GUARD_LOOKS) throw error;
      await environment.clock.sleep(1000, signal);
    }
  }
}

/**
 * Whether no earlier attempt can have acted: then guards speak of the world as it was approved. After an attempt that
 * was cut short they would judge this run's own change (a replica that is being promoted is no longer available).
 */
function hasDoneNothingYet(environment: StepEnvironment, { id }: PlannedStep): boolean {
  const { attempts, errors } = stepOf(runOf(environment), id);
  return attempts === 1 + errors.filter(({ code }) => code === 'guard.failed').length;
}

/** Every guard once more, side by side, directly before something that cannot be taken back. */
async function judgeGuardsAgain(environment: StepEnvironment, signal: AbortSignal): Promise<void> {
  const run = runOf(environment);
  const guards = environment.plan.steps.filter(
    ({ id, expect }) => expect !== undefined && stepOf(run, id).status === 'succeeded',
  );
  await Promise.all(guards.map((guard) => judgeGuard(environment, guard, signal)));
}

function observeContext({ plan, samples, clock, state }: StepEnvironment, signal: AbortSignal): ObserveContext {
  return {
    systemName: plan.systemName,
    system: plan.system,
    mode: plan.mode,
    clock,
    samples: samples.reader(plan.systemName),
    signal,
    readConfig(file) {
      const text = plan.config[file];
      if (text === undefined) throw new Permanent('config.missing', `The plan holds no config file ${file}.`);
      return text;
    },
    resolve: (value) => {
      const { run } = state();
      return resolveValue(value, run ? scopeOf(plan, run) : { system: plan.system as unknown as JsonObject });
    },
  };
}

function runContext(
  environment: StepEnvironment,
  step: PlannedStep,
  operationId: string,
  signal: AbortSignal,
): RunContext {
  const { clock, lease, progress, nextChange, state } = environment;
  const run = runOf(environment);
  return {
    ...observeContext(environment, signal),
    operationId,
    firstAttemptAt: stepOf(run, step.id).firstAttemptAt ?? clock.now(),
    async assertLease() {
      signal.throwIfAborted();
      await lease.assert();
      signal.throwIfAborted();
    },
    progress(sentence) {
      // Lost progress is only a line on the board that comes a little later.
      progress.set(run.id, step.id, sentence, clock.now()).catch(() => undefined);
    },
    waitUntil: (look) => waitUntil(look, { clock, signal, nudge: nextChange }),
    signed(kind, subject) {
      const approved = state().plans.find(({ plan }) => plan.id === run.planId);
      return approved?.decision?.signed.includes(`${kind}:${subject}`) ?? false;
    },
    answer: () => stepOf(runOf(environment), step.id).answer,
  };
}

/** Settles with `work`, or at once with the signal's reason: an action that ignores its signal holds nothing up. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      const reason: unknown = signal.reason;
      const late = reason instanceof DOMException && reason.name === 'TimeoutError';
      reject(late ? new Retryable('observe.timeout', 'It did not answer in time.', { cause: reason }) : reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}

function actionOf({ actions }: StepEnvironment, step: PlannedStep): Action {
  const action = actions.get(step.uses);
  if (!action) throw new Permanent('action.unknown', `This release has no action ${step.uses}, which ${step.id} uses.`);
  return action;
}

function runOf({ state }: StepEnvironment): RunState {
  const { run, id } = state();
  if (!run) throw new Error(`incident ${id} has no run`);
  return run;
}
