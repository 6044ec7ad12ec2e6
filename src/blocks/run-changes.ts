import type { Change } from '../domain/action.ts';
import { type IncidentState, planOf, type StepState } from '../domain/incident-state.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { isUndo } from '../domain/recovery.ts';
import { mayHaveFenced } from '../domain/standing-fence.ts';
import { mayHaveActed, undoable } from '../domain/undo.ts';
import { escapeText } from './escape.ts';
import { cut } from './message.ts';

/** Lines of what was changed that are shown; the journal has all. */
const CHANGES_SHOWN = 20;
/** Lines of what is not undone: one for each reason. */
const NOT_UNDONE_LINES = 3;
/** Steps that one line names. */
const NAMED = 5;
const LONGEST_TITLE = 80;
const LONGEST_REASON = 300;

interface ChangedStep {
  step: PlannedStep;
  changes: Change[];
}

/**
 * What a run that did not recover may have changed, what it has changed and whether it can be undone, and the rest, after
 * `first`, which is said where anything was changed. mrkdwn.
 */
export function changeLines(state: IncidentState, first: string[]): string[] {
  const { halfDone, changed, untouched } = changesOf(state);
  if (halfDone.length === 0 && changed.length === 0) return [];
  const because = notUndoneBecause(state);
  const word = isUndo(state) ? 'taken back' : 'changed';
  const back = backWords(state);
  const stays = changed.filter(({ step }) => because.has(step.id));
  const lines = [
    ...halfDone.map(({ id, effect, title }) => {
      const reason = because.get(id);
      const words = reason === undefined ? back({ id, effect }) : ` (not undone: ${escapeReason(reason)})`;
      return `• may be half done${words}: ${escapeText(title)}. Look before you go on.`;
    }),
    ...changed
      .filter(({ step }) => !because.has(step.id))
      .map(({ step, changes }) => `• ${word}${back(step)}: ${withDetails({ step, changes })}`),
  ];
  const left = lines.length - CHANGES_SHOWN;
  return [
    ...first,
    ...lines.slice(0, CHANGES_SHOWN),
    ...(left > 0 ? [`• … and ${left} more steps that changed something`] : []),
    ...notUndoneLines(stays, because),
    untouchedLine(untouched, isUndo(state) ? 'not taken back' : 'not touched'),
  ];
}

/** Whether a run that has ended left everything as it was before. */
export function leftAsItWas(state: IncidentState): boolean {
  const { halfDone, changed } = changesOf(state);
  return halfDone.length === 0 && changed.length === 0;
}

/** Why steps that could have an undo are not undone, by their ids; of an undo what is left is no more than that. */
function notUndoneBecause(state: IncidentState): ReadonlyMap<string, string> {
  if (isUndo(state)) return new Map();
  const stays = undoable(state).not.filter(({ step }) => step.effect !== 'irreversible');
  return new Map(stays.map(({ step, because }) => [step.id, because]));
}

function backWords(state: IncidentState): (step: Pick<PlannedStep, 'id' | 'effect'>) => string {
  const may = new Set(isUndo(state) ? [] : undoable(state).undo.map(({ id }) => id));
  return ({ id, effect }) => {
    if (may.has(id)) return ' (can be undone)';
    return effect === 'irreversible' && !isUndo(state) ? ' (cannot be taken back)' : '';
  };
}

/** One line for each reason, so that a long list does not push away what is to be done. */
function notUndoneLines(stays: ChangedStep[], because: ReadonlyMap<string, string>): string[] {
  const groups = [...Map.groupBy(stays, ({ step }) => because.get(step.id) ?? '')];
  const own = groups.length > NOT_UNDONE_LINES ? groups.slice(0, NOT_UNDONE_LINES - 1) : groups;
  const others = groups.slice(own.length).flatMap(([, steps]) => steps);
  return [
    ...own.map(([reason, steps]) => `• changed (not undone: ${escapeReason(reason)}): ${named(steps)}`),
    ...(others.length > 0 ? [`• changed (not undone, for other reasons): ${named(others)}`] : []),
  ];
}

function named(steps: ChangedStep[]): string {
  const [only, ...others] = steps;
  if (only && others.length === 0) return withDetails(only);
  return titles(steps.map(({ step }) => step));
}

function titles(steps: PlannedStep[]): string {
  const shown = steps.slice(0, NAMED).map(({ title }) => escapeText(cut(title, LONGEST_TITLE)));
  const left = steps.length - shown.length;
  return `${shown.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
}

function withDetails({ step, changes }: ChangedStep): string {
  const alike = [...Map.groupBy(changes, ({ before, after }) => `${before} → ${after}`)];
  const what = alike.map(([how, list]) => escapeText(`${joined(list.map(({ what }) => what))}: ${how}`)).join('; ');
  return `${escapeText(step.title)}${what ? `: ${what}` : ''}`;
}

/** `Pods of a, b, c in us-west-2`: what these names begin and end with is said once. */
function joined(names: string[]): string {
  const words = [...new Set(names)].map((name) => name.split(' '));
  const [first = [], ...others] = words;
  if (others.length === 0) return first.join(' ');
  const shortest = Math.min(...words.map(({ length }) => length));
  const differs = (at: number) => others.some((other) => other.at(at) !== first.at(at));
  let start = 0;
  while (start < shortest - 1 && !differs(start)) start += 1;
  let end = 0;
  while (end < shortest - 1 - start && !differs(-1 - end)) end += 1;
  const middle = words.map((name) => name.slice(start, name.length - end).join(' ')).join(', ');
  return [...first.slice(0, start), middle, ...first.slice(first.length - end)].join(' ');
}

function escapeReason(reason: string): string {
  return escapeText(cut(reason, LONGEST_REASON));
}

function untouchedLine(steps: PlannedStep[], word: string): string {
  return steps.length === 0 ? '• everything else was not touched' : `• ${word}: ${titles(steps)}`;
}

/** Steps that change something: those that were begun and ended, those that were cut short, and those never begun. */
function changesOf(state: IncidentState) {
  const { run, plans } = state;
  const halfDone: PlannedStep[] = [];
  const changed: ChangedStep[] = [];
  const untouched: PlannedStep[] = [];
  for (const step of (run && planOf({ plans }, run.planId)?.plan.steps) ?? []) {
    const now = run?.steps[step.id];
    // A probe deletes its own row: it leaves nothing that anybody would call changed.
    if (!now || step.effect === 'read' || step.gathers || step.uses === 'postgres.write-probe') continue;
    if (!mayHaveActed(now)) {
      if (now.status !== 'left out') untouched.push(step);
      continue;
    }
    if (now.outputs?.fenced === false) {
      // One that found nobody to fence has changed nothing; one that was not proven may stand.
      if (mayHaveFenced(now)) halfDone.push(step);
      continue;
    }
    if (now.status !== 'succeeded') halfDone.push(step);
    else if (isUndo(state) || !foundItSo(step, now)) changed.push({ step, changes: now.changes });
  }
  return { halfDone, changed, untouched };
}

/** Whether a step that came through had nothing to do. A fence stands all the same, whoever has put it up. */
function foundItSo({ uses }: PlannedStep, { changes, attempts }: StepState): boolean {
  return changes.length === 0 && attempts === 1 && uses !== 'postgres.fence';
}
