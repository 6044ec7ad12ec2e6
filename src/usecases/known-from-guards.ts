import type { Json, JsonObject } from '../domain/action.ts';
import { GuardFailed, InvalidInput } from '../domain/errors.ts';
import type { ExpandedStep } from '../domain/expanded-step.ts';
import { conjunctsOf, evaluateCondition, referencesOf, referencesOfTemplate } from '../domain/expression.ts';
import { awaitedBy, type KnownScope } from '../domain/known-scope.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { outputsOf } from './observe-step.ts';

/** Whether a step reads outputs of a guard: which branch it belongs to, or what it works on, follows from a diagnosis. */
export function readsGuards({ step, known, isGuard, gathers }: ExpandedStep, guards: ReadonlySet<string>): boolean {
  if (isGuard || gathers) return false;
  const references = [...(step.if === undefined ? [] : referencesOf(step.if)), ...referencesOfTemplate(step.with)];
  return references.some(
    ([root, name]) => root === 'steps' && name !== undefined && guards.has(known.steps[name] ?? ''),
  );
}

/**
 * A step with what the plan has seen of its guards: they are judged before anything is changed, and once more before
 * what cannot be taken back, so that what they measured may decide which steps take part, and is shown in the plan. One
 * whose condition cannot be judged without more stays in.
 */
export function withGuards(expanded: ExpandedStep, seen: ReadonlyMap<string, PlannedStep>): ExpandedStep {
  const { step, included } = expanded;
  const known = knownWith(expanded.known, seen);
  // What stays out keeps its stand-ins: what the guards brought may be no input of it at all.
  return included && isWanted(step.if, known) ? { ...expanded, known } : { ...expanded, included: false };
}

function knownWith(known: KnownScope, seen: ReadonlyMap<string, PlannedStep>): KnownScope {
  const entries = Object.entries(known.steps).flatMap(([name, id]): [string, Json][] => {
    const observation = seen.get(id)?.observation;
    return observation?.state === 'observed' ? [[name, { outputs: outputsOf(observation) }]] : [];
  });
  const brought = new Set(entries.map(([name]) => known.steps[name] ?? name));
  const steps: JsonObject = { ...(known.values.steps as JsonObject), ...Object.fromEntries(entries) };
  return { ...known, values: { ...known.values, steps }, brought };
}

function isWanted(condition: string | undefined, known: KnownScope): boolean {
  if (condition === undefined) return true;
  // Whether outputs are there is answered wrongly before the run; what else must hold may be known.
  if (condition.includes('has(')) {
    return conjunctsOf(condition).every((part) => part.includes('has(') || isWanted(part, known));
  }
  // What only the run brings may not matter: `false && steps.wait.outputs.done` is false whatever comes.
  const isOpen = awaitedBy(condition, known).length > 0;
  try {
    return evaluateCondition(condition, known.values);
  } catch (error) {
    if (error instanceof GuardFailed || (isOpen && error instanceof InvalidInput)) return true;
    throw error;
  }
}
