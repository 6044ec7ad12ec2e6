import type { Action, JsonObject, SampleReader, Signature } from '../domain/action.ts';
import type { CatalogueEntry } from '../domain/catalogue.ts';
import type { Clock } from '../domain/clock.ts';
import { InvalidInput } from '../domain/errors.ts';
import { expandRunbook } from '../domain/expand-runbook.ts';
import type { ExpandedStep } from '../domain/expanded-step.ts';
import { nearestWord } from '../domain/nearest.ts';
import { resolveParameters } from '../domain/parameters.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { planHash } from '../domain/plan-hash.ts';
import { movesWrites } from '../domain/promoted-loss.ts';
import { reconciledVerdicts } from '../domain/reconciled.ts';
import type { Mode, Runbook } from '../domain/runbook.ts';
import { inOrder } from '../domain/runbook-graph.ts';
import { criticalPath } from '../domain/scheduler.ts';
import { judgeGuard } from './judge-guards.ts';
import { readsGuards, withGuards } from './known-from-guards.ts';
import { startDeadline } from './observe-step.ts';
import { type PlannedLook, planStep } from './plan-step.ts';

/** World seconds in which a person may still abort before the first irreversible step. */
const ABORT_WINDOW_SECONDS: Record<Mode, number> = { emergency: 10, planned: 30 };

export interface PlanInput {
  entry: Pick<CatalogueEntry, 'system' | 'runbooks' | 'config'>;
  systemName: string;
  runbookId: string;
  mode: Mode;
  /** As typed or as an earlier plan resolved them; defaults fill the rest. */
  params: JsonObject;
  incident: string;
  planId: string;
  requestedBy: string;
  reason?: string;
  actions: ReadonlyMap<string, Action>;
  samples: SampleReader;
  clock: Clock;
  /** Machine milliseconds that all observations together may take; never below 400. */
  observationTimeoutMs: () => number;
  /** Ends the planning early; its reason is thrown. */
  signal?: AbortSignal;
}

/**
 * Resolves a runbook for one execution: reads the live state of everything that it touches, side by side and under one
 * deadline, judges the guards, and says what each step would change, before → after. Reads only.
 *
 * Throws InvalidInput when the runbook, its files or the parameters are wrong. What does not answer is `unreachable` in
 * the plan. A step that answers that it cannot work (Permanent) refuses the plan, as a failed guard does: that must not
 * come out after the first change.
 */
export async function makePlan(input: PlanInput): Promise<Plan> {
  const { entry, systemName, mode, clock } = input;
  const { runbook, params } = requireRunbook(input);
  const { runbookId, actions } = input;
  const expansion = expandRunbook({ runbooks: entry.runbooks, runbookId, system: entry.system, mode, params, actions });
  const { scopes } = expansion;
  const { expanded, looks } = await lookAtSteps(expansion.steps, input);
  const steps = looks.map(({ step }) => step);
  const judged = looks.flatMap(
    ({ step, impossible }, index) => impossible ?? judgeGuard(step, expanded[index]?.known.values ?? {}) ?? [],
  );
  const guards = [...judged, ...reconciledVerdicts(steps)];
  const lossSeconds = predictedLoss(steps);
  const seconds = new Map(steps.map(({ id, expectedSeconds }) => [id, expectedSeconds]));
  const chain = criticalPath(inOrder(steps), (id) => seconds.get(id) ?? 0);
  const plan: Omit<Plan, 'hash'> = {
    version: 1,
    id: input.planId,
    incident: input.incident,
    systemName,
    system: entry.system,
    runbook: input.runbookId,
    title: runbook.title,
    severity: runbook.severity,
    mode,
    modes: runbook.mode,
    params,
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    requestedBy: input.requestedBy,
    createdAt: clock.now(),
    phases: runbook.phases.map(({ id, title, target }) => ({ id, title, targetSeconds: target })),
    steps,
    ...(Object.keys(scopes).length > 0 ? { scopes } : {}),
    abortWindowSeconds: abortWindowOf(runbook, mode),
    guards,
    signatures: distinct(looks.flatMap(({ signatures }) => signatures)),
    config: entry.config,
    predicted: {
      ...(lossSeconds === undefined ? {} : { lossSeconds }),
      durationSeconds: chain.seconds,
      criticalPath: chain.path,
    },
    verdict: guards.every(({ passed }) => passed) ? 'ready' : 'refused',
  };
  return { ...plan, hash: planHash(plan) };
}

/**
 * What the plan sees of every step, side by side. Those that read what a guard measures (which branch of the runbook it
 * is, which replica is promoted) are looked at when the guards have been, under a deadline of their own.
 */
async function lookAtSteps(steps: ExpandedStep[], input: PlanInput) {
  const guards = new Set(steps.filter(({ isGuard }) => isGuard).map(({ id }) => id));
  const isSecond = (step: ExpandedStep) => readsGuards(step, guards);
  const first = await lookSideBySide(
    steps.filter((step) => !isSecond(step)),
    input,
  );
  const seen = new Map(first.filter(({ step }) => guards.has(step.id)).map(({ step }) => [step.id, step]));
  const unknown = new Map(steps.map((step) => [step.id, step]));
  const expanded = steps.map((step) => (isSecond(step) ? withGuards(step, seen) : step));
  const second = await lookSideBySide(expanded.filter(isSecond), input, unknown);
  const byId = new Map([...first, ...second].map((look) => [look.step.id, look]));
  return { expanded, looks: expanded.flatMap(({ id }) => byId.get(id) ?? []) };
}

/**
 * `unknown` has what is planned of a step instead when what a guard brought is no input of it: a guard that found nothing
 * has failed, and the plan says so.
 */
async function lookSideBySide(
  steps: ExpandedStep[],
  input: PlanInput,
  unknown?: ReadonlyMap<string, ExpandedStep>,
): Promise<PlannedLook[]> {
  const deadline = startDeadline(input.observationTimeoutMs, input.clock, input.signal);
  try {
    return await Promise.all(
      steps.map((step) =>
        planStep(step, input, deadline).catch((error: unknown) => {
          const instead = unknown?.get(step.id);
          if (!instead || !(error instanceof InvalidInput) || error.code !== 'plan.input') throw error;
          return planStep(instead, input, deadline);
        }),
      ),
    );
  } finally {
    deadline.end();
  }
}

/** Seconds of writes that the promotion would lose; undefined: not known, or what was lost was lost by an earlier one. */
export function predictedLoss(steps: PlannedStep[]): number | undefined {
  const isDone = ({ uses, observation, changes }: PlannedStep) =>
    movesWrites({ uses }) && observation.state === 'observed' && changes.length === 0;
  const seen = steps.find(({ uses, gathers }) => uses === 'postgres.predicted-loss' && !gathers)?.observation;
  if (seen?.state !== 'observed' || steps.some(isDone)) return undefined;
  const { lossSeconds } = { ...seen.facts, ...seen.measurements };
  return typeof lossSeconds === 'number' ? lossSeconds : undefined;
}

function requireRunbook({ entry, systemName, runbookId, mode, params }: PlanInput) {
  const runbook = Object.hasOwn(entry.runbooks, runbookId) ? entry.runbooks[runbookId] : undefined;
  if (!runbook) {
    const near = nearestWord(runbookId, Object.keys(entry.runbooks));
    const names = Object.keys(entry.runbooks).join(', ') || 'none that can be read';
    const hint = near ? `Did you mean ${near}?` : `There is ${names}.`;
    throw new InvalidInput('plan.runbook', `${systemName} has no runbook ${runbookId}. ${hint}`);
  }
  if (!runbook.mode.includes(mode)) {
    const modes = runbook.mode.join(' or ');
    throw new InvalidInput('plan.mode', `"${runbook.title}" has no ${mode} mode; use --mode ${modes}.`);
  }
  return { runbook, params: resolveParameters(runbook, params, { system: entry.system, mode }) };
}

function abortWindowOf({ abortWindow }: Runbook, mode: Mode): number {
  if (abortWindow === undefined) return ABORT_WINDOW_SECONDS[mode];
  return typeof abortWindow === 'number' ? abortWindow : abortWindow[mode];
}

function distinct(signatures: Signature[]): Signature[] {
  return [...new Map(signatures.map((entry) => [`${entry.kind}:${entry.subject}`, entry])).values()];
}
