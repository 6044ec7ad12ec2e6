import type { Action, ObserveContext, SampleReader } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import { describeError, InvalidInput, Permanent } from '../domain/errors.ts';
import { resolveValue } from '../domain/expression.ts';
import { type IncidentState, planOf, type RunState } from '../domain/incident-state.ts';
import type { Plan, PlannedStep } from '../domain/plan.ts';
import { planHash } from '../domain/plan-hash.ts';
import { scopeOfStep } from '../domain/plan-scope.ts';
import { isPromoted } from '../domain/promoted.ts';
import { type Undoable, undoable, whatToUndo } from '../domain/undo.ts';
import { nothingAfterPromotion, seesPromoted } from './look-at-promotion.ts';
import { type Look, lookAt, type ObservationDeadline, startDeadline, toPlanned } from './observe-step.ts';

const PHASE = { id: 'undo', title: 'Undo' };
/** World seconds that an undo is meant to take at most; no document names a figure. */
const TARGET_SECONDS = 600;
/** How many things that stay are named where nothing can be undone. */
const NAMED = 3;

export interface UndoPlanInput {
  /** The incident as it is now. */
  state: IncidentState;
  planId: string;
  requestedBy: string;
  reason?: string;
  actions: ReadonlyMap<string, Action>;
  samples: SampleReader;
  clock: Clock;
  /** Machine milliseconds that all observations together may take; never below 400. */
  observationTimeoutMs: () => number;
}

/**
 * A plan that takes back what the run of an incident did, as far as that is honestly possible: a step for each change, one
 * after the other, as `undoable` orders them. It reads the live state and leaves out what is as it was before already;
 * what stays is said in the plan's warnings. It looks whether the replica was promoted meanwhile: then its fence and what its
 * region needs stay. Throws InvalidInput, which says why, when nothing is left to undo, and while a promotion may still
 * come through.
 */
export async function makeUndoPlan(input: UndoPlanInput): Promise<Plan> {
  const { state, clock } = input;
  const { run } = state;
  const plan = planOf(state, run?.planId)?.plan;
  if (!run || !plan)
    throw new InvalidInput('undo.nothing', `Nothing was run in ${state.id}, so there is nothing to undo.`);
  const deadline = startDeadline(input.observationTimeoutMs, clock);
  let found: Undoable;
  let promoted: boolean;
  let looks: PlannedUndo[];
  try {
    const context = observeContext({ plan, run, input, deadline }, (value) => value);
    promoted = (await seesPromoted({ plan, run, actions: input.actions, context, deadline })) || isPromoted(state);
    found = undoable(state, promoted);
    looks = await Promise.all(found.undo.map((step) => planUndo(step, { plan, run, input, deadline })));
  } finally {
    deadline.end();
  }
  const stays = [
    ...found.not,
    ...looks.flatMap(({ step, because }) => (because === undefined ? [] : [{ step, because }])),
  ];
  const warnings = stays.map(sentenceOf);
  const steps = inChain(stillNeeded(looks.flatMap(({ undo }) => undo ?? [])));
  if (steps.length === 0) throw promoted ? nothingAfterPromotion(state, plan) : nothingLeft(run, stays);
  const durationSeconds = steps.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0);
  const made: Omit<Plan, 'hash'> = {
    version: 1,
    id: input.planId,
    incident: state.id,
    systemName: plan.systemName,
    system: plan.system,
    runbook: plan.runbook,
    title: plan.undoOf === undefined ? `Undo: ${plan.title}` : plan.title,
    severity: plan.severity,
    mode: plan.mode,
    params: plan.params,
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    requestedBy: input.requestedBy,
    createdAt: clock.now(),
    phases: [{ ...PHASE, targetSeconds: TARGET_SECONDS }],
    steps,
    abortWindowSeconds: 0,
    undoOf: plan.undoOf ?? run.id,
    ...(warnings.length > 0 ? { warnings } : {}),
    guards: [],
    signatures: [],
    config: plan.config,
    predicted: { durationSeconds, criticalPath: steps.map(({ id }) => id) },
    verdict: 'ready',
  };
  return { ...made, hash: planHash(made) };
}

/** Actions after which a name means another thing. */
const RENAMES: ReadonlySet<string> = new Set(['rds.rename-instance']);
/** Actions that bring and take away the same objects. */
const MANIFESTS: ReadonlySet<string> = new Set(['k8s.apply', 'k8s.delete-manifest']);

/** What is to be undone, with its undo; neither: it is as it was before. */
interface PlannedUndo {
  step: PlannedStep;
  undo?: PlannedStep;
  /** Why it cannot be, a clause. */
  because?: string;
}

interface Surroundings {
  plan: Plan;
  run: RunState;
  input: UndoPlanInput;
  deadline: ObservationDeadline;
}

async function planUndo(step: PlannedStep, surroundings: Surroundings): Promise<PlannedUndo> {
  const { plan, run, input, deadline } = surroundings;
  const { system } = plan;
  const action = input.actions.get(step.uses);
  if (!action?.undo) return { step, because: action?.withoutUndo ?? `this release cannot take back ${step.uses}` };
  try {
    const scope = scopeOfStep(plan, run, step);
    const written = step.undoes ? step.with : (resolveValue(step.with, scope) as PlannedStep['with']);
    const given = action.input.parse(written) as never;
    const context = observeContext(surroundings, (value) => resolveValue(value, scope));
    const look = await lookOrSilence(action, given, context, deadline);
    const observed = look.kind === 'observed' ? look.observed : undefined;
    const undoes = whatToUndo(plan, run, step);
    const { changes, owner } = action.undo.change(observed as never, given, context, undoes.done);
    const subject = action.subject?.(given, system);
    const undo: PlannedStep = {
      id: step.undoes ? step.id : `undo-${step.id}`,
      phase: PHASE.id,
      title: action.undo.title(given, system),
      uses: step.uses,
      effect: 'reversible',
      needs: [],
      timeoutSeconds: step.timeoutSeconds,
      with: written,
      included: true,
      observation: await toPlanned(look, subject === undefined ? action.writes(given, system) : [subject], context),
      changes,
      ...(owner === undefined ? {} : { owner }),
      undoes,
      dependsOn: action.dependsOn(given, system),
      writes: action.writes(given, system),
      expectedSeconds: action.expectedSeconds(given, system),
    };
    return { step, undo };
  } catch (error) {
    if (!(error instanceof Permanent || error instanceof InvalidInput)) throw error;
    return { step, because: describeError(error).replace(/\.$/, '') };
  }
}

/**
 * Without what is as it was before, unless something is undone before it that writes to the same: what it was seen to be is
 * another's then (an instance that has taken the name of the one that was left, say).
 */
function stillNeeded(undos: readonly PlannedStep[]): PlannedStep[] {
  const needed: PlannedStep[] = [];
  for (const undo of undos) {
    const isOver = needed.some((earlier) => changesWhatWasSeen(earlier, undo));
    if (undo.changes.length > 0 || isOver) needed.push(undo);
  }
  return needed;
}

function changesWhatWasSeen(earlier: PlannedStep, undo: PlannedStep): boolean {
  if (!earlier.writes.some((lock) => undo.writes.includes(lock))) return false;
  const bothManifests = MANIFESTS.has(earlier.uses) && MANIFESTS.has(undo.uses);
  return RENAMES.has(earlier.uses) || earlier.uses === undo.uses || bothManifests;
}

/** What cannot even be asked for now does not keep anybody from undoing it. */
async function lookOrSilence(
  action: Action,
  given: unknown,
  context: ObserveContext,
  deadline: ObservationDeadline,
): Promise<Look> {
  try {
    return await lookAt(action, given, context, deadline);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { kind: 'impossible', sentence: describeError(error) };
  }
}

function observeContext(
  { plan, run, input, deadline }: Surroundings,
  resolve: ObserveContext['resolve'],
): ObserveContext {
  return {
    systemName: plan.systemName,
    system: plan.system,
    mode: run.modeChange?.to ?? plan.mode,
    clock: input.clock,
    samples: input.samples,
    signal: deadline.signal,
    resolve,
    readConfig(file) {
      const text = plan.config[file];
      if (text === undefined) throw new InvalidInput('config.missing', `The plan holds no config file ${file}.`);
      return text;
    },
  };
}

function inChain(steps: PlannedStep[]): PlannedStep[] {
  return steps.map((step, index) => {
    const before = steps[index - 1];
    return { ...step, needs: before ? [before.id] : [] };
  });
}

function sentenceOf({ step, because }: Undoable['not'][number]): string {
  return `“${step.title}” stays: ${because}.`;
}

/** One sentence; of many things that stay it names some, what cannot be taken back at all first. */
function nothingLeft({ id }: RunState, stays: Undoable['not']): InvalidInput {
  if (stays.length === 0) {
    return new InvalidInput('undo.nothing', `Nothing of ${id} is left to undo: all is as it was before it.`);
  }
  const firm = stays.toSorted((one, other) => Number(isFirm(other)) - Number(isFirm(one)));
  const named = firm.slice(0, NAMED).map(({ step, because }) => `“${step.title}” stays, because ${because}`);
  const more = stays.length > NAMED ? [`${stays.length - NAMED} more stay for the like`] : [];
  return new InvalidInput('undo.nothing', `Nothing of ${id} can be undone: ${[...named, ...more].join('; ')}.`);
}

function isFirm({ step }: Undoable['not'][number]): boolean {
  return step.effect === 'irreversible';
}
