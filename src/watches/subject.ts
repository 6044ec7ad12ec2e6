import type { Action, JsonObject } from '../domain/action.ts';
import { Permanent } from '../domain/errors.ts';
import type { JournalEntry } from '../domain/events.ts';
import { resolveValue } from '../domain/expression.ts';
import { foldIncident, type IncidentState, planOf } from '../domain/incident-state.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { scopeOfStep } from '../domain/plan-scope.ts';
import type { RunState } from '../domain/run-state.ts';
import type { WatchState } from '../domain/watch-state.ts';
import type { Journal } from '../engine/ports.ts';
import { actionOf } from '../engine/step-environment.ts';

/** What a watch is about: the step that left something open, and how its action looks at it. */
export interface WatchSubject {
  plan: Plan;
  run: RunState;
  step: PlannedStep;
  watch: NonNullable<Action['watch']>;
  /** What the step gave its action. */
  input: unknown;
  /** What the step brought. */
  outputs: JsonObject;
  /** What expressions saw in the run. */
  scope: () => JsonObject;
  /** Whether the approval, or whoever made the run an emergency, signed for this (kind, subject). */
  signed(kind: string, subject: string): boolean;
}

/**
 * Reads what a watch needs from plan and run, also when another run of the incident has followed. Throws Permanent when
 * the journal or this release no longer has it.
 */
export async function subjectOfWatch(
  parts: { journal: Journal; actions: ReadonlyMap<string, Action> },
  state: IncidentState,
  { id, runId, step: stepId }: WatchState,
): Promise<WatchSubject> {
  const run = state.run?.id === runId ? state.run : runAsItEnded(await parts.journal.read(state.id), runId);
  const approved = run && planOf(state, run.planId);
  const step = approved?.plan.steps.find((candidate) => candidate.id === stepId);
  if (!run || !approved || !step) {
    throw new Permanent('watch.no-step', `The journal of ${state.id} has no step ${stepId} for the watch ${id}.`);
  }
  const { plan } = approved;
  const action = actionOf(parts, step);
  if (!action.watch) {
    throw new Permanent('watch.unknown', `This release cannot watch what ${step.uses} left open in ${state.id}.`);
  }
  const scope = () => scopeOfStep(plan, run, step);
  const signed = new Set([...(approved.decision?.signed ?? []), ...(run.modeChange?.signed ?? [])]);
  return {
    ...{ plan, run, step, scope },
    watch: action.watch,
    input: action.input.parse(resolveValue(step.with, scope())),
    outputs: run.steps[stepId]?.outputs ?? {},
    signed: (kind, subject) => signed.has(`${kind}:${subject}`),
  };
}

/** The run as it was when the next one of its incident started. */
function runAsItEnded(entries: JournalEntry[], runId: string): RunState | undefined {
  const begin = entries.findIndex(({ event }) => event.type === 'run.started' && event.runId === runId);
  if (begin === -1) return undefined;
  const next = entries.findIndex(({ event }, index) => event.type === 'run.started' && index > begin);
  return foldIncident(next === -1 ? entries : entries.slice(0, next))?.run;
}
