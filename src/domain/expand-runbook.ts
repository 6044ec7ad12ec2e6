import type { Action, Json, JsonObject } from './action.ts';
import { InvalidInput } from './errors.ts';
import { CannotExpand, type ExpandedStep, MOST_COPIES, MOST_STEPS } from './expanded-step.ts';
import { evaluateCondition, referencesOf, resolveValue, type Scope } from './expression.ts';
import { awaitedBy, awaitedByTemplate, type KnownScope } from './known-scope.ts';
import { nearestWord } from './nearest.ts';
import { resolveNestedParameters } from './parameters.ts';
import type { PlannedScope, PlannedStep } from './plan.ts';
import type { Mode, Runbook, RunbookStep } from './runbook.ts';
import { effectsOf, findCycle, nestedName, stepsOf, waitForGuards } from './runbook-graph.ts';
import type { System } from './system.ts';

export interface ExpandInput {
  runbooks: Readonly<Record<string, Runbook>>;
  runbookId: string;
  system: System;
  mode: Mode;
  /** Of the runbook itself, resolved. */
  params: JsonObject;
  actions: ReadonlyMap<string, Pick<Action, 'effect'>>;
}

/**
 * The steps of a runbook, flat, with those of the runbooks that it nests and the copies of its `forEach` steps:
 *
 * - a nested runbook's steps are `<nesting step>.<inner id>`. They stand in the plan's phase of the same id as theirs, or
 *   else in the phase of the nesting step. Its first steps (those that need none of the others, or
 *   only guards) need what the nesting step needs, and its guards need nothing: they are judged before the first change
 *   of the plan;
 * - copies are `<id>.1`, `<id>.2` …;
 * - after them stands a step with the original id, which gathers their outputs and changes nothing.
 *
 * Throws CannotExpand for runbooks that nest each other, lists that are not known before the run, and plans that
 * become too large.
 */
export function expandRunbook(input: ExpandInput): { steps: ExpandedStep[]; scopes: Record<string, PlannedScope> } {
  const expander = new Expander(input);
  expander.addAll();
  const { steps, scopes } = expander;
  waitForGuards(steps);
  const cycle = findCycle(steps);
  if (cycle) {
    const path = steps.find(({ id }) => id === cycle[0])?.path ?? [];
    const chain = [...cycle].reverse().join(', then ');
    throw new CannotExpand('plan.circle', `These steps wait for each other: ${chain}.`, path);
  }
  return { steps, scopes };
}

/** One runbook on its way into the plan. */
interface Inside {
  runbook: Runbook;
  known: KnownScope;
  /** `<nesting step>.`; empty for the plan's own runbook. */
  prefix: string;
  scope?: string;
  /** Phase and place of the step that brought it; absent for the plan's own runbook. */
  outer?: Pick<ExpandedStep, 'phase' | 'path'>;
  /** What its first steps need. */
  needs: string[];
  graceful: boolean;
  /** Tells the steps of one copy from those of another: `: node-1`. */
  suffix: string;
  /** Names of the runbooks around it, its own last. */
  chain: string[];
}

interface Copy {
  item: Json;
  suffix: string;
  group?: PlannedStep['group'];
}

type Unit = Pick<ExpandedStep, 'id' | 'phase' | 'path' | 'needs' | 'step'>;

class Expander {
  readonly steps: ExpandedStep[] = [];
  readonly scopes: Record<string, PlannedScope> = {};
  readonly #input: ExpandInput;
  readonly #effectOf: (step: RunbookStep) => Action['effect'];
  /** Of the plan: those of its own runbook. */
  readonly #phases: ReadonlySet<string>;

  constructor(input: ExpandInput) {
    this.#input = input;
    this.#phases = new Set(input.runbooks[input.runbookId]?.phases.map(({ id }) => id));
    this.#effectOf = effectsOf(input.actions, input.runbooks);
  }

  addAll(): void {
    const { runbooks, runbookId, system, mode, params } = this.#input;
    const runbook = runbooks[runbookId];
    if (!runbook) throw new InvalidInput('plan.runbook', `There is no runbook ${runbookId}.`);
    const values: Scope = { system: system as unknown as JsonObject, params, mode, steps: {} };
    const known = { values, steps: idsOf(runbook, ''), later: new Map() };
    this.#addRunbook({ runbook, known, prefix: '', needs: [], graceful: false, suffix: '', chain: [runbookId] });
  }

  #addRunbook(inside: Inside): void {
    const { runbook, prefix, outer, scope, needs: outerNeeds } = inside;
    const steps = stepsOf(runbook);
    const guards = new Set(steps.filter(({ step }) => step.expect !== undefined).map(({ step }) => step.id));
    for (const { step, phase, path, needs } of steps) {
      const isHoisted = scope !== undefined && guards.has(step.id);
      // Guards of a nested runbook wait for nothing, so that what needs only them must itself wait for what is outside.
      const isFirst = needs.every((id) => guards.has(id));
      const own = [...(isFirst ? outerNeeds : []), ...needs.map((id) => prefix + id)];
      const place = outer ? { ...outer, phase: this.#phases.has(phase) ? phase : outer.phase } : { phase, path };
      const unit = { id: prefix + step.id, step, needs: isHoisted ? [] : own, ...place };
      if (step.forEach === undefined) this.#addOne(unit, inside);
      else this.#addCopies(unit, step.forEach, inside);
    }
  }

  #addCopies(unit: Unit, forEach: string, inside: Inside): void {
    const { step, id, path } = unit;
    if (!readsItem(step.if) && !this.#isWanted(step, inside.known)) {
      this.#addOne(unit, inside);
      return;
    }
    const list = this.#listOf(forEach, id, path, inside.known);
    const ids = list.map((_item, index) => `${id}.${index + 1}`);
    const limit = step.concurrency ?? Math.max(1, list.length);
    for (const [index, item] of list.entries()) {
      const suffix = `: ${nameOf(item) ?? `${index + 1} of ${list.length}`}`;
      // Of nested runbooks each waits for the end of another: one that is half done must not give way to the next.
      const before = step.uses === 'runbook' ? ids[index - limit] : undefined;
      const needs = before === undefined ? unit.needs : [...unit.needs, before];
      const group = step.uses === 'runbook' ? {} : { group: { id, limit } };
      this.#addOne({ ...unit, id: ids[index] ?? id, needs }, inside, { item, suffix, ...group });
    }
    const { if: condition, ...rest } = step;
    const needs = ids.length > 0 ? ids : unit.needs;
    this.#addGatherer({ ...unit, needs, step: condition === undefined || readsItem(condition) ? rest : step }, inside, {
      kind: 'list',
      steps: ids,
    });
  }

  #addOne(unit: Unit, inside: Inside, copy?: Copy): void {
    const { step } = unit;
    const known = copy ? { ...inside.known, values: { ...inside.known.values, item: copy.item } } : inside.known;
    const included = this.#isWanted(step, known);
    if (step.uses === 'runbook' && included) {
      this.#addNested(unit, { ...inside, known }, copy);
      return;
    }
    const isGuard = step.expect !== undefined;
    this.#add({
      ...unit,
      title: step.title + inside.suffix + (copy?.suffix ?? ''),
      effect: step.uses === 'runbook' ? 'read' : this.#effectOf(step),
      ...(inside.scope === undefined ? {} : { scope: inside.scope }),
      ...(copy ? { item: copy.item } : {}),
      ...(copy?.group ? { group: copy.group } : {}),
      isGuard,
      isGuardOfPlan: isGuard && inside.scope !== undefined,
      included,
      graceful: !isGuard && (inside.graceful || step.graceful === true),
      known,
    });
  }

  #addNested(unit: Unit, inside: Inside, copy?: Copy): void {
    const { step, id, path } = unit;
    const { system, mode } = this.#input;
    const name = nestedName(step) ?? '';
    const runbook = this.#requireNested(name, unit, inside);
    const given = (step.with.params ?? {}) as JsonObject;
    const { params, later, awaited } = resolveNestedParameters(runbook, given, inside.known, { system, mode });
    const steps = idsOf(runbook, `${id}.`);
    const { scope: parent } = inside;
    this.scopes[id] = {
      runbook: name,
      ...(parent === undefined ? {} : { parent }),
      params,
      ...(later.length > 0 ? { later } : {}),
      ...(step.if === undefined ? {} : { if: step.if }),
      ...(copy ? { item: copy.item } : {}),
      steps,
    };
    const known = Object.fromEntries(Object.entries(params).filter(([one]) => !awaited.has(one)));
    const first = this.steps.length;
    this.#addRunbook({
      runbook,
      known: { values: { ...without(inside.known.values, 'item'), params: known }, steps, later: awaited },
      prefix: `${id}.`,
      scope: id,
      outer: { phase: unit.phase, path },
      needs: unit.needs,
      graceful: inside.graceful || step.graceful === true,
      suffix: inside.suffix + (copy?.suffix ?? ''),
      chain: [...inside.chain, name],
    });
    const guard = this.steps.slice(first).find(({ isGuard }) => isGuard);
    if (guard && step.if !== undefined && awaitedBy(step.if, inside.known).length > 0) {
      throw new CannotExpand(
        'plan.guard',
        `The if of ${id} reads outputs, but the runbook ${name} has the guard ${guard.id}, and guards are judged before any step runs.`,
        path,
      );
    }
    const gathers = { kind: 'runbook' as const, scope: id, outputs: runbook.outputs ?? {} };
    // A runbook of nothing but guards waits for nothing itself, but what comes after it must.
    const isOnlyGuards = stepsOf(runbook).every((entry) => entry.step.expect !== undefined);
    const needs = [...(isOnlyGuards ? unit.needs : []), ...Object.values(steps)];
    this.#addGatherer({ ...unit, needs }, inside, gathers, copy);
  }

  #addGatherer(unit: Unit, inside: Inside, gathers: NonNullable<PlannedStep['gathers']>, copy?: Copy): void {
    const { step } = unit;
    this.#add({
      ...unit,
      title: step.title + inside.suffix + (copy?.suffix ?? ''),
      effect: 'read',
      ...(inside.scope === undefined ? {} : { scope: inside.scope }),
      ...(copy ? { item: copy.item } : {}),
      gathers,
      isGuard: false,
      isGuardOfPlan: false,
      included: true,
      graceful: inside.graceful || step.graceful === true,
      known: inside.known,
    });
  }

  #add(step: ExpandedStep): void {
    if (this.steps.length >= MOST_STEPS) {
      const most = MOST_STEPS.toLocaleString('en-US');
      const message = `The plan would have more than ${most} steps: divide the runbook, or shorten its lists.`;
      throw new CannotExpand('plan.size', message, step.path);
    }
    this.steps.push(step);
  }

  #requireNested(name: string, { id, path }: Unit, { chain }: Inside): Runbook {
    const { runbooks, mode } = this.#input;
    const runbook = Object.hasOwn(runbooks, name) ? runbooks[name] : undefined;
    if (!runbook) {
      const near = nearestWord(name, Object.keys(runbooks));
      const hint = near ? ` Did you mean ${near}?` : '';
      throw new CannotExpand('plan.runbook', `${id} nests ${name || 'a runbook'}, which is no runbook.${hint}`, path);
    }
    if (chain.includes(name)) {
      const circle = [...chain.slice(chain.indexOf(name)), name].join(' → ');
      throw new CannotExpand('plan.circle', `The runbook ${name} nests itself: ${circle}.`, path);
    }
    if (!runbook.mode.includes(mode)) {
      const modes = runbook.mode.join(' or ');
      throw new CannotExpand('plan.mode', `${id} nests ${name}, which has only the mode ${modes}.`, path);
    }
    return runbook;
  }

  #isWanted(step: RunbookStep, known: KnownScope): boolean {
    return step.if === undefined || awaitedBy(step.if, known).length > 0 || evaluateCondition(step.if, known.values);
  }

  #listOf(forEach: string, id: string, path: Unit['path'], known: KnownScope): Json[] {
    const awaited = awaitedByTemplate(forEach, known);
    if (awaited.length > 0) {
      const message = `The list of ${id} is known only after ${awaited.join(', ')}, but it must be known before the run.`;
      throw new CannotExpand('plan.list', message, path);
    }
    const list = resolveValue(forEach, known.values);
    if (!Array.isArray(list)) throw new CannotExpand('plan.list', `The forEach of ${id} gives no list.`, path);
    if (list.length > MOST_COPIES) {
      const message = `The list of ${id} has ${list.length} elements; at most ${MOST_COPIES} are allowed.`;
      throw new CannotExpand('plan.list', message, path);
    }
    return list;
  }
}

function idsOf(runbook: Runbook, prefix: string): Record<string, string> {
  return Object.fromEntries(stepsOf(runbook).map(({ step }) => [step.id, prefix + step.id]));
}

function readsItem(expression: string | undefined): boolean {
  return expression !== undefined && referencesOf(expression).some(([root]) => root === 'item');
}

/** How people know an element of a list; undefined when it has no name. */
function nameOf(item: Json): string | undefined {
  if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean') return String(item);
  if (item === null || Array.isArray(item)) return undefined;
  const name = item.name ?? item.id;
  return typeof name === 'string' ? name : undefined;
}

function without(values: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== key));
}
