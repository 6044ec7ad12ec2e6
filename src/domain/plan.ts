import type { Change, Dependency, Done, Json, JsonObject, Signature } from './action.ts';
import type { Mode } from './runbook.ts';
import type { Severity, System } from './system.ts';

/** What the planner saw of the thing a step touches. */
export type PlannedObservation =
  | { state: 'observed'; facts: JsonObject; measurements: JsonObject }
  /** It did not answer within the deadline; the last-known value comes from the observer. */
  | { state: 'unreachable'; reason: string; lastKnown?: JsonObject; ageSeconds?: number }
  /** The input is known only in the run, after these steps. */
  | { state: 'later'; after: string[] };

/** One step, resolved as far as it can be before the run. */
export interface PlannedStep {
  id: string;
  phase: string;
  title: string;
  uses: string;
  effect: 'read' | 'reversible' | 'irreversible';
  /** Ids of the steps that must have ended before this one starts; for a step that changes something, all guards too. */
  needs: string[];
  /** CEL; evaluated in the run when it refers to outputs. */
  if?: string;
  /** Its `if` reads `mode`: when a planned run becomes an emergency, it is judged once more whether it takes part. */
  readsMode?: true;
  expect?: string;
  explain?: string;
  timeoutSeconds: number;
  /** As written in the runbook; the engine resolves it with the outputs of the run. */
  with: JsonObject;
  /** False when `if` is already known to be false: the step is left out. */
  included: boolean;
  observation: PlannedObservation;
  /** The input with which it was looked, where outputs of the run stand in `with`: what they bring is a stand-in. */
  lookedWith?: JsonObject;
  changes: Change[];
  owner?: string;
  /** How often and after which errors it is tried again by itself; absent: a person decides. */
  retry?: RetryPolicy;
  /** Left out, on the record, when a planned run becomes an emergency before it has succeeded. */
  graceful?: true;
  /** The nested runbook it belongs to, a key of the plan's `scopes`; absent: the runbook itself. */
  scope?: string;
  /** The element of the list that this copy of a `forEach` step is for; expressions see it as `item`. */
  item?: Json;
  /** Of the steps with the same id here at most `limit` run at a time. */
  group?: { id: string; limit: number };
  /**
   * It only gathers outputs: of the copies of a `forEach` step (a list of them), or of a nested runbook (its `outputs`).
   * `uses` is `runbook` or the action of the copies; nothing is called.
   */
  gathers?: { kind: 'list'; steps: string[] } | { kind: 'runbook'; scope: string; outputs: Record<string, string> };
  /** Why nothing can take back what it does, a clause; absent: its action has an undo, or it changes nothing. */
  withoutUndo?: string;
  /** This step takes back what that step of an earlier run did; `with` is resolved, and `uses` is that step's action. */
  undoes?: { runId: string; step: string; done: Done };
  dependsOn: Dependency[];
  writes: string[];
  expectedSeconds: number;
}

/** Attempts in all; the pause before the second, which doubles each time (world seconds, at most 60). */
export interface RetryPolicy {
  attempts: number;
  backoffSeconds: number;
  /** Codes of errors after which it is tried again; absent: those of the kind that may pass by themselves. */
  retryOn?: string[];
}

/** A nested runbook as the plan resolved it: what its steps see instead of the outer runbook's. */
export interface PlannedScope {
  runbook: string;
  /** Key of the scope around it; absent: the runbook of the plan. */
  parent?: string;
  /** As far as they are known before the run; those named in `later` are still templates. */
  params: JsonObject;
  /**
   * Parameters that are known only in the run, in the order in which they are resolved. The template reads the `outer`
   * scope (its steps and `item`), or, a default, the parameters of this one (`own`).
   */
  later?: { name: string; reads: 'outer' | 'own' }[];
  /** The condition of the step that nests it, which counts for every step of it; read in the outer scope. */
  if?: string;
  /** Of the copy of a `forEach` step that nests it; expressions of the outer scope see it as `item`. */
  item?: Json;
  /** Ids of its steps as its own expressions name them → as the plan does. */
  steps: Record<string, string>;
}

/** A guard's verdict with the value it was measured at. */
export interface GuardVerdict {
  step: string;
  title: string;
  expression: string;
  passed: boolean;
  /** The measured values that the expression used, as people read them: `lossSeconds 12`. */
  measured: string;
  /** The limit and what a failure means; undefined when it passed. */
  reason?: string;
  /** It is about who else sets what the step changes: no guard of the runbook, and passed as one. */
  reconciled?: true;
}

/** A runbook resolved for one execution. Immutable; `hash` covers everything that is not a measurement. */
export interface Plan {
  version: 1;
  id: string;
  incident: string;
  systemName: string;
  system: System;
  runbook: string;
  title: string;
  severity: Severity;
  mode: Mode;
  /** What its runbook may be run as, when the plan was made; absent: not known. */
  modes?: Mode[];
  params: JsonObject;
  reason?: string;
  requestedBy: string;
  /** World time, epoch milliseconds. */
  createdAt: number;
  phases: { id: string; title: string; targetSeconds: number }[];
  steps: PlannedStep[];
  /** Nested runbooks by the id of the step that nests them; absent: none. */
  scopes?: Record<string, PlannedScope>;
  /** World seconds in which a person may still abort before the first irreversible step; absent or 0: none. */
  abortWindowSeconds?: number;
  /** The run whose changes this plan takes back. */
  undoOf?: string;
  /** What people should know before they approve, a sentence each: a cool-down that is not over. */
  warnings?: string[];
  guards: GuardVerdict[];
  signatures: Signature[];
  /** Text of each file in the system's config folder that steps may read. */
  config: Record<string, string>;
  predicted: {
    /** Undefined when the observer never sampled the primary. */
    lossSeconds?: number;
    /** From approval, along the longest chain of needs. */
    durationSeconds: number;
    criticalPath: string[];
  };
  /** `refused`: a guard failed; it cannot be approved. */
  verdict: 'ready' | 'refused';
  hash: string;
}
