import type { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Permissions } from './permissions.ts';
import type { System } from './system.ts';

/** A value that the journal and an expression can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * What an action saw. Facts (identity, role, endpoint, records, weights, desired replicas of what will be written)
 * are hashed into the plan. Measurements (lag, ages, readiness, latencies) are shown, never hashed.
 */
export interface Observation {
  facts: JsonObject;
  measurements: JsonObject;
}

/** One line of before → after, in the words of the service. */
export interface Change {
  what: string;
  before: string;
  after: string;
}

/** Something the plan cannot make safe; approving the plan signs for it by this name. */
export interface Signature {
  /** `unfenced`: the old primary may still accept writes. */
  kind: 'unfenced';
  /** What it is about, as people know it: `chatbot-prod in us-east-1`. */
  subject: string;
  sentence: string;
}

/** What must answer for a step to work. */
export interface Dependency {
  region?: string;
  /** A control plane that does not live in the region it acts on: `Route 53 (us-east-1)`. */
  controlPlane?: string;
}

/** What a run left behind that somebody has to know: listed in the outcome, watched later. */
export type Exception = 'unfenced' | 'unprotected';

/** The newest sample of one thing that the observer watches. */
export interface Sample {
  /** World time (epoch milliseconds) at which it was taken. */
  at: number;
  value: JsonObject;
}

/** Read access to what the observer recorded while the system was healthy. */
export interface SampleReader {
  /** The newest sample of `subject` (for example `database/chatbot-prod`), at or before `before` when given. */
  newest(subject: string, before?: number): Promise<Sample | undefined>;
  /** The newest sample of `subject` whose write position is at or before `position` (bytes of WAL, as a number). */
  newestReceived(subject: string, position: number): Promise<Sample | undefined>;
}

/** What an action may use when it only looks. Holds what belongs to this plan or run and nothing else. */
export interface ObserveContext {
  systemName: string;
  system: System;
  mode: 'emergency' | 'planned';
  clock: Clock;
  samples: SampleReader;
  /** Aborted at the observation deadline or when the run stops. */
  signal: AbortSignal;
  /** Text of a file in `runbooks/<system>/config/` as it was when the plan was made; throws InvalidInput if absent. */
  readConfig(file: string): string;
  /** Resolves `${{ }}` in any JSON value over system, params, mode and the outputs so far. */
  resolve(value: unknown): unknown;
}

/** What an action may use when it acts. */
export interface RunContext extends ObserveContext {
  /** Stable over all attempts of this step in this run: a client token, a name for what is created. */
  operationId: string;
  /** World time of the first attempt, epoch milliseconds. */
  firstAttemptAt: number;
  /** What earlier attempts of this step ended with: an error's code each, `interrupted` where nothing was recorded. */
  earlierAttempts: readonly string[];
  /** Must stand directly before each mutating call; throws LeaseLost when another worker took over. */
  assertLease(): Promise<void>;
  /** What is changed by now, before it is waited for: told by an abort that cuts the step short. */
  changed(changes: readonly Change[]): void;
  /** One short sentence for the board; the last value wins, it is not journalled. */
  progress(sentence: string): void;
  /**
   * Looks again and again (fast at first, then slower, jittered, at most a few world seconds apart) until `look`
   * returns something other than undefined. Ends with the signal. `look` may throw: Retryable is looked at again.
   */
  waitUntil<T>(look: () => Promise<T | undefined>): Promise<T>;
  /** True when the approval signed for this (kind, subject). */
  signed(kind: Signature['kind'], subject: string): boolean;
  /** Answer of a person to this step, as soon as one is journalled; undefined until then. */
  answer(): Answer | undefined;
}

/** What an action would do: empty changes mean that it is already true. */
export interface PlannedChange {
  changes: Change[];
  signatures?: Signature[];
  /** Something else that owns the setting (an HPA, Argo CD): named in the plan. */
  owner?: string;
}

/** What a run of an action brought. */
export interface RunResult<O> {
  outputs: O;
  /** What it changed, for the report and for abort; empty when it was already true. */
  changes: Change[];
  exceptions?: Exception[];
  /** What an earlier step of the run left open and this one has closed: then the run has not left it. */
  closes?: Exception[];
  finding?: Finding;
}

/** What a step found out that a person has to know: shown on the board and kept with the incident. */
export interface Finding {
  /** One or two sentences: what is the matter, with figures. Plain text; escaped where it is shown. */
  sentence: string;
  /** A command line that would mend it, without `/dr`: `run chatbot/service-failure`. Offered as a button. */
  proposal?: string | undefined;
}

/** A person's answer to a step that asks one. */
export interface Answer {
  by: string;
  /** False: they declined. */
  confirmed: boolean;
  /** What they chose or filled in, where the step asks for it. */
  value?: string | undefined;
}

/** What a step did, as the run's journal has it: what its undo starts from. */
export interface Done {
  /** Empty when the step was cut short or failed. */
  outputs: JsonObject;
  changes: Change[];
  /**
   * What the approved plan saw before the run, facts and measurements, where the outputs may not tell all (it was cut
   * short, failed, or took more than one attempt); absent also when it was not reachable then.
   */
  observed?: JsonObject;
  /**
   * World time (epoch milliseconds) at which the run last worked at something that cannot be taken back and that it does
   * not know to have come through: it may still do so. Absent: nothing of the kind was begun.
   */
  unsettledSince?: number;
}

/** Takes back what `run` did; only where that is honestly possible. Converges, as `run` does. */
export interface Undo<I extends z.ZodType = z.ZodType, Observed extends Observation = Observation> {
  /** In the imperative, as a step's title: `Allow writes on the old primary again`. */
  title(input: z.infer<I>, system: System): string;
  /** Why a late or repeated call does no harm. */
  repeat: string;
  /** Pure. What it would change now; empty when it is as it was before the run. */
  change(observed: Observed | undefined, input: z.infer<I>, context: ObserveContext, done: Done): PlannedChange;
  /** Throws Permanent when it cannot be taken back any more: that is reported, never swallowed. */
  run(context: RunContext, input: z.infer<I>, done: Done): Promise<RunResult<JsonObject>>;
}

/** What one look of a watch found. */
export type WatchFinding =
  /** It answered, and what was signed for is done: people are paged. */
  | { kind: 'acted'; sentence: string; changes: Change[] }
  /** What was left open is closed by somebody else: the watch ends. */
  | { kind: 'cleared'; sentence: string };

/** How what a run of this action left open is looked at until a person releases it. */
export interface Watch<I extends z.ZodType = z.ZodType> {
  exception: Exception;
  /** What is watched, as people know it. */
  subject(input: z.infer<I>, system: System): string;
  /** World seconds between two looks. */
  everySeconds: number;
  /**
   * One look, and what was signed for if it is due; undefined: nothing to tell. `context.assertLease()` stands before
   * each mutating call. Retryable is looked at again; what else it throws is told to people. `outputs` are those of the step.
   */
  look(context: RunContext, input: z.infer<I>, outputs?: JsonObject): Promise<WatchFinding | undefined>;
}

/**
 * One verb against one kind of infrastructure. `run` converges: it looks, acts only if needed, and waits until it
 * is true; calling it twice, or late, is harmless for the reason that `repeat` states.
 */
export interface Action<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  Observed extends Observation = Observation,
> {
  id: string;
  summary: string;
  effect: 'read' | 'reversible' | 'irreversible';
  input: I;
  /** For `read` actions: the shape of `{ ...facts, ...measurements }`, so that guards can be judged on a plan. */
  output: O;
  /** Why a late or repeated call does no harm. */
  repeat: string;
  /** Least privilege: what observe, run, undo and watch need. */
  permissions: Permissions;
  /** Documented inputs that tests execute. */
  examples: { title: string; with: Record<string, unknown> }[];
  dependsOn(input: z.infer<I>, system: System): Dependency[];
  /** Locks: what run() writes, named so that two systems that share it collide. Empty for `read`. */
  writes(input: z.infer<I>, system: System): string[];
  /** What the observer samples of the same thing, for a last-known value: `database/chatbot-prod`. */
  subject?(input: z.infer<I>, system: System): string;
  /** Typical world seconds of run(), for the predicted duration. */
  expectedSeconds(input: z.infer<I>, system: System): number;
  /**
   * Inputs that `observe` reads; absent: all of them. When these are known before the run the plan looks, although others
   * come from the run (they are stand-ins then: `‹promote.endpoint›`, 0).
   */
  observedBy?: readonly string[];
  /**
   * Machine seconds that `observe` may take where it has to read much (a whole database, a dump); absent: the short
   * deadline that all looks of a plan share. What it does not know by then it must not say: it throws.
   */
  observationSeconds?: number;
  observe(context: ObserveContext, input: z.infer<I>): Promise<Observed>;
  /** Pure. `observed` is undefined when what it touches cannot be reached. */
  change(observed: Observed | undefined, input: z.infer<I>, context: ObserveContext): PlannedChange;
  run(context: RunContext, input: z.infer<I>): Promise<RunResult<z.infer<O>>>;
  undo?: Undo<I, Observed>;
  /** Of an action that changes something and has no `undo`: why, as a clause that a person reads after a colon. */
  withoutUndo?: string;
  watch?: Watch<I>;
}

/** Keeps the types of input, output and observation while an action is written; the registry sees `Action`. */
export function defineAction<I extends z.ZodType, O extends z.ZodType, Observed extends Observation>(
  action: Action<I, O, Observed>,
): Action {
  return action as unknown as Action;
}
