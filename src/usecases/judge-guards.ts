import type { Json, JsonObject } from '../domain/action.ts';
import { describeError } from '../domain/errors.ts';
import { explanationOf } from '../domain/explanation.ts';
import { describeCondition, evaluateCondition, type Scope, valuesRead } from '../domain/expression.ts';
import type { GuardVerdict, PlannedStep } from '../domain/plan.ts';
import { outputsOf } from './observe-step.ts';

/** The verdict on a guard by what the plan saw of it; undefined when the step is no guard or is left out. */
export function judgeGuard(step: PlannedStep, scope: Scope): GuardVerdict | undefined {
  const { expect: expression, observation, included } = step;
  if (expression === undefined || !included) return undefined;
  const base = { step: step.id, title: step.title, expression };
  if (observation.state === 'later') {
    const after = observation.after.join(', ');
    return {
      ...base,
      passed: false,
      measured: 'not measured',
      reason: `It can be judged only after ${after}, but a guard must be judged before anything is changed.`,
    };
  }
  if (observation.state === 'unreachable') {
    const known = observation.reason.replace(/\.$/, '');
    return { ...base, passed: false, measured: 'not measured', reason: `It could not be measured: ${known}.` };
  }
  const outputs = outputsOf(observation);
  const seen = { ...scope, outputs };
  const advice = ` ${explanationOf(step, seen)}`.trimEnd();
  const measured = describeValues(valuesRead(expression, seen, 'outputs'));
  try {
    if (evaluateCondition(expression, seen)) return { ...base, passed: true, measured };
    return { ...base, passed: false, measured, reason: `Needed: ${describeCondition(expression, seen)}.${advice}` };
  } catch (error) {
    return { ...base, passed: false, measured, reason: `${describeError(error)}${advice}` };
  }
}

/** A step that answered that it cannot work: that holds the plan up as a failed guard does, before anything changes. */
export function impossibleStep(step: Pick<PlannedStep, 'id' | 'title' | 'uses'>, sentence: string): GuardVerdict {
  return {
    step: step.id,
    title: step.title,
    expression: `${step.uses} can be looked at`,
    passed: false,
    measured: 'not measured',
    reason: sentence,
  };
}

/** `lossSeconds 12, status available` */
function describeValues(values: JsonObject): string {
  const words = Object.entries(values).map(([name, value]) => `${name} ${describeValue(value)}`);
  return words.join(', ') || 'not measured';
}

function describeValue(value: Json): string {
  if (value === null) return 'unknown';
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  if (value === '') return 'empty';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
