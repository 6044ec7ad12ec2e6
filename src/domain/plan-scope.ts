import type { Json, JsonObject } from './action.ts';
import { InvalidInput } from './errors.ts';
import { evaluateCondition, referencesOf, referencesOfTemplate, resolveValue } from './expression.ts';
import type { Plan, PlannedScope, PlannedStep } from './plan.ts';
import type { RunState } from './run-state.ts';

/** What says from where an expression looks: `{}` is the runbook of the plan itself. */
export type Place = Pick<PlannedStep, 'scope' | 'item'>;

/**
 * What the expressions of a planned step see: `system`, the `params` of its runbook, `mode` (as it is now, also when a
 * planned run became an emergency), `steps` by the ids that its runbook gives them, and `item` in a copy of a `forEach`
 * step. Parameters of a nested runbook that come from outputs are in it as soon as those are.
 */
export function scopeOfStep(plan: Plan, run: RunState, place: Place): JsonObject {
  return {
    system: plan.system as unknown as JsonObject,
    params: place.scope === undefined ? plan.params : paramsOf(plan, run, scopeNamed(plan, place.scope)),
    mode: run.modeChange?.to ?? plan.mode,
    // Most steps read no outputs, and a plan may have a thousand of them.
    get steps() {
      return stepsOf(plan, run, place.scope);
    },
    ...(place.item === undefined ? {} : { item: place.item }),
  };
}

/**
 * Whether the conditions of a step hold: its own `if`, and those of the nested runbooks that it belongs to. Throws
 * what evaluateCondition throws.
 */
export function conditionsHold(plan: Plan, run: RunState, step: PlannedStep): boolean {
  for (let key = step.scope; key !== undefined; ) {
    const scope = scopeNamed(plan, key);
    if (scope.if !== undefined && !evaluateCondition(scope.if, scopeOfStep(plan, run, placeOf(scope)))) return false;
    key = scope.parent;
  }
  return step.if === undefined || evaluateCondition(step.if, scopeOfStep(plan, run, step));
}

/**
 * The outputs of a step that only gathers: `{ items }` of the copies that succeeded, in the order of the list, or the
 * `outputs` of a nested runbook. One that reads a step which did not succeed is null; throws InvalidInput when one
 * cannot be evaluated although everything that it reads is there.
 */
export function gatheredOutputs(plan: Plan, run: RunState, { id, gathers }: PlannedStep): JsonObject {
  if (!gathers) throw new Error(`step ${id} gathers nothing`);
  if (gathers.kind === 'list') {
    const outputs = gathers.steps.map((copy) => run.steps[copy]?.outputs);
    return { items: outputs.filter((found) => found !== undefined) };
  }
  const scope = scopeOfStep(plan, run, { scope: gathers.scope });
  const entries = Object.entries(gathers.outputs).map(([name, expression]): [string, Json] => {
    const read = referencesOf(expression).flatMap(([root, step]) => (root === 'steps' && step ? [step] : []));
    const isThere = read.every((step) => step === '*' || hasOutputs(scope, step));
    return [name, isThere ? resolveValue(`\${{ ${expression} }}`, scope) : null];
  });
  return Object.fromEntries(entries);
}

/** Whether other steps of the plan read the outputs of this one, in their input or their condition. */
export function isRead(plan: Pick<Plan, 'id' | 'scopes' | 'steps'>, { id }: Pick<PlannedStep, 'id'>): boolean {
  return plan.steps.some((step) => {
    const references = [...(step.if === undefined ? [] : referencesOf(step.if)), ...referencesOfTemplate(step.with)];
    const ids = step.scope === undefined ? undefined : scopeNamed(plan, step.scope).steps;
    return references.some(
      ([root, name]) => root === 'steps' && name !== undefined && (ids ? ids[name] : name) === id && step.id !== id,
    );
  });
}

/** The nested runbook of this key. Throws when the plan has none (a programming error, never user input). */
function scopeNamed(plan: Pick<Plan, 'id' | 'scopes'>, key: string): PlannedScope {
  const scope = plan.scopes?.[key];
  if (!scope) throw new Error(`plan ${plan.id} has no nested runbook ${key}`);
  return scope;
}

/** From where the expressions look with which a runbook is nested. */
function placeOf({ parent, item }: PlannedScope): Place {
  return { ...(parent === undefined ? {} : { scope: parent }), ...(item === undefined ? {} : { item }) };
}

function paramsOf(plan: Plan, run: RunState, scope: PlannedScope): JsonObject {
  const params = { ...scope.params };
  for (const { name } of scope.later ?? []) delete params[name];
  for (const { name, reads } of scope.later ?? []) {
    const seen: JsonObject =
      reads === 'outer'
        ? scopeOfStep(plan, run, placeOf(scope))
        : { system: plan.system as unknown as JsonObject, mode: run.modeChange?.to ?? plan.mode, params };
    const value = resolved(scope.params[name], seen);
    if (value !== undefined) params[name] = value;
  }
  return params;
}

/** Undefined while something that it reads is not there: whatever needs the parameter then says which one it misses. */
function resolved(template: Json | undefined, scope: JsonObject): Json | undefined {
  try {
    return resolveValue(template, scope);
  } catch (error) {
    if (error instanceof InvalidInput && error.code === 'expression.value') return undefined;
    throw error;
  }
}

function stepsOf(plan: Plan, run: RunState, key: string | undefined): JsonObject {
  const ids =
    key === undefined
      ? plan.steps.filter(({ scope }) => scope === undefined).map(({ id }): [string, string] => [id, id])
      : Object.entries(scopeNamed(plan, key).steps);
  const steps = ids.map(([name, id]): [string, Json] => {
    const outputs = run.steps[id]?.outputs;
    return [name, outputs ? { outputs } : {}];
  });
  return Object.fromEntries(steps);
}

function hasOutputs(scope: JsonObject, step: string): boolean {
  const found = (scope.steps as JsonObject)[step];
  return typeof found === 'object' && found !== null && 'outputs' in found;
}
