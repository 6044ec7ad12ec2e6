import type { Change, Dependency, JsonObject, Signature } from './action.ts';
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
  expect?: string;
  explain?: string;
  timeoutSeconds: number;
  /** As written in the runbook; the engine resolves it with the outputs of the run. */
  with: JsonObject;
  /** False when `if` is already known to be false: the step is left out. */
  included: boolean;
  observation: PlannedObservation;
  changes: Change[];
  owner?: string;
  dependsOn: Dependency[];
  writes: string[];
  expectedSeconds: number;
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
  params: JsonObject;
  reason?: string;
  requestedBy: string;
  /** World time, epoch milliseconds. */
  createdAt: number;
  phases: { id: string; title: string; targetSeconds: number }[];
  steps: PlannedStep[];
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
