import type { Action, JsonObject, ObserveContext, Signature } from '../domain/action.ts';
import { InvalidInput, Permanent } from '../domain/errors.ts';
import type { ExpandedStep } from '../domain/expanded-step.ts';
import { referencesOf, resolveValue } from '../domain/expression.ts';
import { awaitedByTemplate } from '../domain/known-scope.ts';
import { nearestWord } from '../domain/nearest.ts';
import type { GuardVerdict, PlannedStep, RetryPolicy } from '../domain/plan.ts';
import type { RunbookStep } from '../domain/runbook.ts';
import type { System } from '../domain/system.ts';
import { impossibleStep } from './judge-guards.ts';
import type { PlanInput } from './make-plan.ts';
import { type Look, lookAt, type ObservationDeadline, startDeadline, toPlanned } from './observe-step.ts';
import { provisionalInput } from './provisional-input.ts';

/** A step with what the plan saw of it, and what it asks people for. */
export interface PlannedLook {
  step: PlannedStep;
  signatures: Signature[];
  /** It answered that it cannot work. */
  impossible?: GuardVerdict;
}

/** Resolves one step as far as it is known, and looks at what it touches. Throws InvalidInput when the runbook is wrong. */
export async function planStep(
  expanded: ExpandedStep,
  input: PlanInput,
  deadline: ObservationDeadline,
): Promise<PlannedLook> {
  const { step, known, included } = expanded;
  const { system } = input.entry;
  if (expanded.gathers || step.uses === 'runbook') return { step: callingNothing(expanded), signatures: [] };
  const action = input.actions.get(step.uses);
  if (!action) {
    const near = nearestWord(step.uses, input.actions.keys());
    const hint = near ? ` Did you mean ${near}?` : '';
    throw new InvalidInput('plan.action', `The step ${expanded.id} uses ${step.uses}, which is no action.${hint}`);
  }
  const after = awaitedByTemplate(step.with, known);
  const resolved = provisionalInput(action, step.with, known, expanded.id);
  const base: PlannedStep = {
    ...identityOf(expanded),
    effect: action.effect,
    ...(action.withoutUndo === undefined ? {} : { withoutUndo: action.withoutUndo }),
    ...(step.expect === undefined ? {} : { expect: step.expect }),
    ...(step.explain === undefined ? {} : { explain: step.explain }),
    with: step.with as JsonObject,
    observation: { state: 'later', after },
    changes: [],
    ...(step.retry === undefined ? {} : { retry: retryPolicy(step.retry) }),
    dependsOn: action.dependsOn(resolved as never, system),
    writes: action.writes(resolved as never, system),
    expectedSeconds: action.expectedSeconds(resolved as never, system),
  };
  if (!included) return { step: base, signatures: [] };
  const context = observeContext(input, expanded, deadline.signal);
  if (after.length > 0 && !canLook(action, expanded)) {
    // Its inputs come from the run; what it would change is said as far as it is known.
    const { changes } = attempt(() => action.change(undefined, resolved as never, context)) ?? { changes: [] };
    return { step: { ...base, changes: action.effect === 'read' ? [] : changes }, signatures: [] };
  }
  const look = await lookFor(action, resolved, context, deadline, input);
  const observed = look.kind === 'observed' ? look.observed : undefined;
  const observation = await toPlanned(look, subjectsOf(action, resolved, system), context);
  const change = action.change(observed, resolved as never, context);
  return {
    step: {
      ...base,
      observation,
      ...(after.length > 0 ? { lookedWith: resolved as JsonObject } : {}),
      changes: change.changes,
      ...(change.owner === undefined ? {} : { owner: change.owner }),
    },
    signatures: change.signatures ?? [],
    ...(look.kind === 'impossible' && !expanded.isGuard ? { impossible: impossibleStep(base, look.sentence) } : {}),
  };
}

/** Looks until the deadline that all steps share, or for as long as an action that reads much says that it takes. */
async function lookFor(
  action: Action,
  resolved: unknown,
  context: ObserveContext,
  shared: ObservationDeadline,
  { clock, signal }: PlanInput,
): Promise<Look> {
  const { observationSeconds } = action;
  if (observationSeconds === undefined) return lookAt(action, resolved, context, shared, signal);
  const own = startDeadline(() => 1000 * observationSeconds, clock, signal);
  try {
    return await lookAt(action, resolved, { ...context, signal: own.signal }, own, signal);
  } finally {
    own.end();
  }
}

/** What a step is, whatever it does. */
function identityOf(expanded: ExpandedStep) {
  const { id, phase, title, needs, scope, item, group, graceful, included, step } = expanded;
  return {
    id,
    phase,
    title,
    uses: step.uses,
    needs,
    ...(step.if === undefined ? {} : { if: step.if }),
    ...(step.if !== undefined && readsMode(step.if) ? { readsMode: true as const } : {}),
    timeoutSeconds: step.timeout,
    included,
    ...(graceful ? { graceful: true as const } : {}),
    ...(scope === undefined ? {} : { scope }),
    ...(item === undefined ? {} : { item }),
    ...(group === undefined ? {} : { group }),
  };
}

function readsMode(condition: string): boolean {
  return referencesOf(condition).some(([root]) => root === 'mode');
}

/** A step that gathers outputs, or a nested runbook that is left out. */
function callingNothing(expanded: ExpandedStep): PlannedStep {
  const { needs, gathers } = expanded;
  return {
    ...identityOf(expanded),
    effect: 'read',
    with: {},
    observation: { state: 'later', after: needs },
    changes: [],
    ...(gathers === undefined ? {} : { gathers }),
    dependsOn: [],
    writes: [],
    expectedSeconds: 0,
  };
}

function retryPolicy({ attempts, backoff, retryOn }: NonNullable<RunbookStep['retry']>): RetryPolicy {
  return { attempts, backoffSeconds: backoff, ...(retryOn === undefined ? {} : { retryOn }) };
}

/** Whether everything that the action needs in order to look is known before the run. */
function canLook({ observedBy }: Action, { step, known }: ExpandedStep): boolean {
  if (!observedBy) return false;
  const needed = Object.fromEntries(Object.entries(step.with).filter(([name]) => observedBy.includes(name)));
  return awaitedByTemplate(needed, known).length === 0;
}

function observeContext(input: PlanInput, { known }: ExpandedStep, signal: AbortSignal): ObserveContext {
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
    resolve: (value) => resolveValue(value, known.values),
  };
}

/** Under which names the observer may know what a step touches, the likeliest first. */
function subjectsOf(action: Action, input: unknown, system: System): string[] {
  const subject = action.subject?.(input as never, system);
  return subject === undefined ? action.writes(input as never, system) : [subject];
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
