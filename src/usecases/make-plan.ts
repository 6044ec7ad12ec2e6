import type { Action, JsonObject, ObserveContext, SampleReader, Signature } from '../domain/action.ts';
import type { CatalogueEntry } from '../domain/catalogue.ts';
import type { Clock } from '../domain/clock.ts';
import { InvalidInput, Permanent } from '../domain/errors.ts';
import {
  evaluateCondition,
  referencesOf,
  referencesOfTemplate,
  resolveValue,
  type Scope,
} from '../domain/expression.ts';
import { nearestWord } from '../domain/nearest.ts';
import type { GuardVerdict, Plan, PlannedStep } from '../domain/plan.ts';
import { planHash } from '../domain/plan-hash.ts';
import type { Mode } from '../domain/runbook.ts';
import { inOrder, type PlacedStep, placeSteps } from '../domain/runbook-graph.ts';
import { criticalPath } from '../domain/scheduler.ts';
import type { System } from '../domain/system.ts';
import { impossibleStep, judgeGuard } from './judge-guards.ts';
import { lookAt, type ObservationDeadline, startDeadline, toPlanned } from './observe-step.ts';
import { resolveParameters } from './plan-parameters.ts';
import { provisionalInput } from './provisional-input.ts';

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
  const scope: Scope = { system: entry.system as unknown as JsonObject, params, mode, steps: {} };
  const placed = placeSteps(runbook, input.actions);
  const deadline = startDeadline(input.observationTimeoutMs, clock, input.signal);
  let looks: PlannedLook[];
  try {
    looks = await Promise.all(placed.map((step) => planStep(step, scope, input, deadline)));
  } finally {
    deadline.end();
  }
  const steps = looks.map(({ step }) => step);
  const guards = looks.flatMap(({ step, impossible }) => impossible ?? judgeGuard(step, scope) ?? []);
  const loss = steps.find(({ uses }) => uses === 'postgres.predicted-loss')?.observation;
  const lossSeconds = loss?.state === 'observed' ? { ...loss.facts, ...loss.measurements }.lossSeconds : undefined;
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
    params,
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    requestedBy: input.requestedBy,
    createdAt: clock.now(),
    phases: runbook.phases.map(({ id, title, target }) => ({ id, title, targetSeconds: target })),
    steps,
    guards,
    signatures: distinct(looks.flatMap(({ signatures }) => signatures)),
    config: entry.config,
    predicted: {
      ...(typeof lossSeconds === 'number' ? { lossSeconds } : {}),
      durationSeconds: chain.seconds,
      criticalPath: chain.path,
    },
    verdict: guards.every(({ passed }) => passed) ? 'ready' : 'refused',
  };
  return { ...plan, hash: planHash(plan) };
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

interface PlannedLook {
  step: PlannedStep;
  signatures: Signature[];
  impossible?: GuardVerdict;
}

async function planStep(
  placed: PlacedStep,
  scope: Scope,
  input: PlanInput,
  deadline: ObservationDeadline,
): Promise<PlannedLook> {
  const { step } = placed;
  const { system } = input.entry;
  const action = input.actions.get(step.uses);
  if (!action) {
    const near = nearestWord(step.uses, input.actions.keys());
    const hint = near ? ` Did you mean ${near}?` : '';
    throw new InvalidInput('plan.action', `The step ${step.id} uses ${step.uses}, which is no action.${hint}`);
  }
  const included = step.if === undefined || readsSteps([step.if]) || evaluateCondition(step.if, scope);
  const after = [
    ...new Set(referencesOfTemplate(step.with).flatMap(([root, id]) => (root === 'steps' && id ? [id] : []))),
  ];
  const resolved = provisionalInput(action, step.with, scope, step.id);
  const base: PlannedStep = {
    id: step.id,
    phase: placed.phase,
    title: step.title,
    uses: step.uses,
    effect: action.effect,
    ...(action.withoutUndo === undefined ? {} : { withoutUndo: action.withoutUndo }),
    needs: placed.needs,
    ...(step.if === undefined ? {} : { if: step.if }),
    ...(step.expect === undefined ? {} : { expect: step.expect }),
    ...(step.explain === undefined ? {} : { explain: step.explain }),
    timeoutSeconds: step.timeout,
    with: step.with as JsonObject,
    included,
    observation: { state: 'later', after },
    changes: [],
    dependsOn: action.dependsOn(resolved as never, system),
    writes: action.writes(resolved as never, system),
    expectedSeconds: action.expectedSeconds(resolved as never, system),
  };
  if (!included) return { step: base, signatures: [] };
  const context = observeContext(input, scope, deadline.signal);
  if (after.length > 0 && !canLook(action, step.with)) {
    // Its inputs come from the run; what it would change is said as far as it is known.
    const { changes } = attempt(() => action.change(undefined, resolved as never, context)) ?? { changes: [] };
    return { step: { ...base, changes: action.effect === 'read' ? [] : changes }, signatures: [] };
  }
  const look = await lookAt(action, resolved, context, deadline, input.signal);
  const observed = look.kind === 'observed' ? look.observed : undefined;
  const observation = await toPlanned(look, subjectsOf(action, resolved, system), context);
  const change = action.change(observed, resolved as never, context);
  return {
    step: {
      ...base,
      observation,
      changes: change.changes,
      ...(change.owner === undefined ? {} : { owner: change.owner }),
    },
    signatures: change.signatures ?? [],
    ...(look.kind === 'impossible' && !placed.isGuard ? { impossible: impossibleStep(base, look.sentence) } : {}),
  };
}

/** Whether everything that the action needs in order to look is known before the run. */
function canLook({ observedBy }: Action, written: Record<string, unknown>): boolean {
  if (!observedBy) return false;
  const needed = Object.fromEntries(Object.entries(written).filter(([name]) => observedBy.includes(name)));
  return !referencesOfTemplate(needed).some(([root]) => root === 'steps');
}

function observeContext(input: PlanInput, scope: Scope, signal: AbortSignal): ObserveContext {
  const { entry, systemName, mode, clock, samples } = input;
  return {
    systemName,
    system: entry.system,
    mode,
    clock,
    samples,
    signal,
    readConfig(file) {
      if (Object.hasOwn(entry.config, file)) return entry.config[file] ?? '';
      throw new InvalidInput('config.missing', `There is no file ${file} in the config folder of ${systemName}.`);
    },
    resolve: (value) => resolveValue(value, scope),
  };
}

/** Under which names the observer may know what a step touches, the likeliest first. */
function subjectsOf(action: Action, input: unknown, system: System): string[] {
  const subject = action.subject?.(input as never, system);
  return subject === undefined ? action.writes(input as never, system) : [subject];
}

function readsSteps(expressions: string[]): boolean {
  return expressions.flatMap(referencesOf).some(([root]) => root === 'steps' || root === 'outputs');
}

function distinct(signatures: Signature[]): Signature[] {
  return [...new Map(signatures.map((entry) => [`${entry.kind}:${entry.subject}`, entry])).values()];
}

/** What `work` returns; undefined when it cannot say anything without the missing inputs. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Permanent || error instanceof TypeError || error instanceof InvalidInput) return undefined;
    throw error;
  }
}
