import { type IncidentState, planOf, type RunState, type StepState } from '../domain/incident-state.ts';
import { openRequest, signWords } from '../domain/override-request.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { asksWords, type Question, questionsOf } from '../domain/questions.ts';
import { ENDED } from '../domain/scheduler.ts';
import { decisionsOn } from './find.ts';

/** What a run under way does, and who has to do what, if anybody. `now` in world milliseconds. */
export function whatRunDoes(state: IncidentState, run: RunState, now: number): { now: string; next?: string } {
  if (run.status === 'aborting') {
    const after = state.next ? ` ${state.next.runId} starts when it has ended.` : '';
    return { now: `${run.id} is being aborted by <@${run.abort?.by ?? ''}> (${countOf(run)} ended).${after}` };
  }
  return run.status === 'paused' ? whilePaused(state, run) : whileRunning(state, run, now);
}

function whileRunning(state: IncidentState, run: RunState, now: number): { now: string; next?: string } {
  const { abortWindow } = run;
  if (abortWindow && !abortWindow.closed) {
    const begins = now < abortWindow.until ? `begins at ${clockTime(abortWindow.until)}` : 'begins now';
    return {
      now: `“${titleOf(state, run, abortWindow.step)}” of ${run.id} ${begins}, and cannot be taken back.`,
      next: `\`/dr abort ${state.id}\` still stops it; otherwise nobody has to do anything.`,
    };
  }
  const [asking] = questionsOf(state);
  if (asking) {
    return { now: `${asksWords(asking.kind)}: ${asking.text}`, next: howToAnswer(run, asking) };
  }
  const mode = run.modeChange ? `, an emergency since ${clockTime(run.modeChange.at)},` : '';
  const again = titles(state, run, 'backing off');
  const soonest = Math.min(...Object.values(run.steps).map(({ retryAt }) => retryAt ?? Number.POSITIVE_INFINITY));
  const backing = again ? ` Tried again, first at ${clockTime(soonest)}: ${again}.` : '';
  const doing = titles(state, run, 'running') || (again ? 'nothing else' : 'between steps');
  return { now: `${run.id}${mode} runs: ${countOf(run)} ended. Now: ${doing}.${backing}` };
}

/** The commands with which a question is answered. */
function howToAnswer(run: RunState, { step, kind, options, example }: Question): string {
  const args = `${run.id} ${step.id}`;
  if (kind === 'confirm') return `Answer on the board, or with \`/dr confirm ${args}\` or \`/dr decline ${args}\`.`;
  const named = options.slice(0, NAMED).map(({ value, title }) => `\`${value}\` (${title})`);
  const more = options.length > named.length ? `, and ${options.length - named.length} more` : '';
  const which = kind === 'choose' ? ` There is ${named.join(', ')}${more}.` : ` For example: \`${example ?? ''}\`.`;
  return `Answer on the board, or with \`/dr answer ${args} …\`.${which}`;
}

function whilePaused(state: IncidentState, run: RunState): { now: string; next?: string } {
  const failed = Object.values(run.steps).find(({ status }) => status === 'failed');
  if (!failed) {
    const why = run.hold?.reason === undefined ? '' : `: ${run.hold.reason}`;
    const running = titles(state, run, 'running');
    const ending = running ? ` Still ending by itself: ${running}.` : '';
    return {
      now: `${run.id} is paused by <@${run.hold?.by ?? ''}> after ${countOf(run)}${why}.${ending}`,
      next: `\`/dr resume ${run.id}\` lets it go on; \`/dr abort ${state.id}\` stops it.`,
    };
  }
  const held = run.hold ? ` <@${run.hold.by}> holds it, too: \`/dr resume ${run.id}\`.` : '';
  const stands = `${run.id} is paused after ${countOf(run)}: ${titles(state, run, 'failed')} failed. ${reasonOf(failed)}`;
  return { now: `${stands.trim()}${held}`, next: nextFor(state, run, failed) };
}

function nextFor(state: IncidentState, run: RunState, failed: StepState): string {
  const asked = openRequest(failed);
  if (asked) {
    return `<@${asked.by}> asks to override it (${asked.reason}). Somebody else who may approve signs: \`/dr override ${signWords(run.id, failed.id)}\`.`;
  }
  return `A commander decides: ${decisionsOn(state, run, failed)}.`;
}

function reasonOf({ errors, differences }: StepState): string {
  return differences
    ? `The approval no longer covers it: ${differences.map(({ sentence }) => sentence).join(' ')}`
    : (errors.at(-1)?.message ?? '');
}

function countOf({ steps }: RunState): string {
  const all = Object.values(steps);
  const ended = all.filter(({ status }) => ENDED.has(status)).length;
  return `${ended} of ${all.length} steps`;
}

/** Titles that one sentence still names. */
const NAMED = 5;

function titles(state: IncidentState, run: RunState, status: StepState['status']): string {
  const ids = Object.values(run.steps).flatMap((step) => (step.status === status ? [step.id] : []));
  const named = ids.slice(0, NAMED).map((id) => titleOf(state, run, id));
  return [...named, ...(ids.length > NAMED ? [`and ${ids.length - NAMED} more`] : [])].join('; ');
}

function titleOf(state: IncidentState, run: RunState, id: string): string {
  const steps: PlannedStep[] = planOf(state, run.planId)?.plan.steps ?? [];
  return steps.find((step) => step.id === id)?.title ?? id;
}

/** `03:07:30 UTC` */
export function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
