import type { Json } from './action.ts';
import type { Difference } from './events.ts';
import type { PlannedObservation, PlannedStep } from './plan.ts';
import { canonicalJson } from './plan-hash.ts';

/**
 * How what a step touches differs from what was approved, as it is observed `now`: another fact, or no answer where there
 * was one. Measurements do not count. Empty when nothing was observed before: there is nothing to differ from.
 */
export function factDifferences(
  { id, title, observation: before }: Pick<PlannedStep, 'id' | 'title' | 'observation'>,
  now: PlannedObservation,
): Difference[] {
  if (before.state !== 'observed' || now.state === 'later') return [];
  if (now.state === 'unreachable') {
    const sentence = `"${title}": what it changes cannot be observed any more (${now.reason}).`;
    return [{ key: `unreachable:${id}`, sentence }];
  }
  const names = [...new Set([...Object.keys(before.facts), ...Object.keys(now.facts)])].sort();
  return names
    .filter((name) => canonicalJson(before.facts[name]) !== canonicalJson(now.facts[name]))
    .map((name) => ({
      key: `fact:${id}/${name}=${canonicalJson(now.facts[name])}`,
      sentence: `"${title}": ${name} was ${show(before.facts[name])} and is ${show(now.facts[name])} now.`,
    }));
}

function show(value: Json | undefined): string {
  return value === undefined || value === null ? 'unknown' : typeof value === 'string' ? value : JSON.stringify(value);
}
