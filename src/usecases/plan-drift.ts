import type { Plan, PlannedStep } from '../domain/plan.ts';
import { factDifferences } from '../domain/plan-facts.ts';
import { canonicalJson, isStable, regionsLeft } from '../domain/plan-hash.ts';

export interface DriftOptions {
  /** Only these steps are compared: those that have not ended. Absent: all. */
  steps?: ReadonlySet<string>;
  /** What the run itself has written (as `writes` names it): other facts of these are expected. */
  touched?: ReadonlySet<string>;
}

/**
 * What has changed since the plan was approved, a sentence each; empty when the approval still stands. Told are: a
 * guard that has turned bad, a fact that is another, something that does not answer any more, a signature that was not
 * asked for, and a runbook, parameter or file that was edited. Not told are measurements, what can be seen of the
 * regions that are being left, and what got better.
 */
export function planDifference(approved: Plan, fresh: Plan, { steps, touched }: DriftOptions = {}): string[] {
  const left = regionsLeft(approved);
  const what = approved.undoOf === undefined ? 'The runbook' : 'What is left to undo';
  const remaining = approved.steps.filter(({ id }) => !steps || steps.has(id));
  return [
    ...definitionDifference(approved, fresh),
    ...guardDifference(approved, fresh),
    ...remaining.flatMap((before) => {
      const now = fresh.steps.find(({ id }) => id === before.id);
      if (!now) return [`${what} no longer has the step "${before.title}" (${before.id}).`];
      if (before.writes.some((name) => touched?.has(name))) return [];
      const facts = isStable(before, left) ? factDifferences(before, now.observation) : [];
      return [...stepDifference(before, now), ...facts.map(({ sentence }) => sentence)];
    }),
    ...fresh.steps
      .filter(({ id }) => !approved.steps.some((before) => before.id === id))
      .map(({ title, id }) => `${what} has a new step "${title}" (${id}).`),
    ...fresh.signatures
      .filter(({ kind, subject }) => !approved.signatures.some((one) => one.kind === kind && one.subject === subject))
      .map(({ kind, subject, sentence }) => `It now has to be signed that ${subject} stays ${kind}: ${sentence}`),
  ];
}

function definitionDifference(approved: Plan, fresh: Plan): string[] {
  const found: string[] = [];
  if (canonicalJson(approved.system) !== canonicalJson(fresh.system)) {
    found.push(`system.yaml of ${approved.systemName} was edited.`);
  }
  if (canonicalJson(approved.params) !== canonicalJson(fresh.params)) found.push('The parameters are others.');
  if (approved.abortWindowSeconds !== fresh.abortWindowSeconds) found.push('The abort window is another.');
  for (const [key, scope] of Object.entries(approved.scopes ?? {})) {
    const now = fresh.scopes?.[key];
    if (now && canonicalJson(scope) !== canonicalJson(now)) {
      found.push(`What is given to the nested runbook ${scope.runbook} (${key}) was edited.`);
    }
  }
  const files = new Set([...Object.keys(approved.config), ...Object.keys(fresh.config)]);
  for (const file of [...files].sort()) {
    if (approved.config[file] !== fresh.config[file]) found.push(`The config file ${file} was edited.`);
  }
  return found;
}

function guardDifference(approved: Plan, fresh: Plan): string[] {
  return fresh.guards
    .filter(({ step, passed }) => !passed && approved.guards.find((before) => before.step === step)?.passed !== false)
    .map(({ title, measured, reason }) => {
      const why = reason ? ` ${reason}` : '';
      return `"${title}" no longer holds (measured: ${measured}).${why}`;
    });
}

/** What the runbook says of a step. */
const DEFINED = [
  ...(['uses', 'with', 'if', 'expect', 'needs', 'timeoutSeconds', 'included'] as const),
  ...(['retry', 'graceful', 'item', 'group', 'gathers'] as const),
];

function stepDifference(before: PlannedStep, now: PlannedStep): string[] {
  const edited = DEFINED.filter((part) => canonicalJson(before[part]) !== canonicalJson(now[part]));
  return edited.length > 0 ? [`The step "${before.title}" was edited (${edited.join(', ')}).`] : [];
}
