import { formatSeconds } from '../domain/format-seconds.ts';
import type { PhaseProgress } from '../domain/phases.ts';
import { escapeText } from './escape.ts';
import { cut } from './message.ts';
import { overriddenLines } from './overrides.ts';
import {
  attemptWords,
  countOf,
  durationOf,
  notFenced,
  type ProgressLines,
  phaseTime,
  type StepEntry,
  stepsThatMatter,
} from './steps.ts';

/** Neighbouring phases that stand alike: what is over and what is to come takes one line each. */
export interface PhaseGroup {
  kind: 'done' | 'under way' | 'stopped' | 'to come';
  phases: PhaseProgress[];
}

/** Names of phases that one line still shows. */
const NAMED = 5;
const LONGEST_NAME = 60;
/** Steps that did not do what they are there for, of the phases in one group. */
const EXCEPTIONS_SHOWN = 5;
const STEPS_SHOWN = 12;
const LONGEST_REASON = 200;

/**
 * Phases in their order, neighbours of one kind together; one under way stands alone. `hasEnded`: the run, so that nothing is
 * under way any more.
 */
export function groupPhases(phases: PhaseProgress[], hasEnded: boolean): PhaseGroup[] {
  const groups: PhaseGroup[] = [];
  for (const phase of phases) {
    const kind = kindOf(phase, hasEnded);
    const last = groups.at(-1);
    if (last?.kind === kind && kind !== 'under way') last.phases.push(phase);
    else groups.push({ kind, phases: [phase] });
  }
  return groups;
}

function kindOf({ status, startedAt }: PhaseProgress, hasEnded: boolean): PhaseGroup['kind'] {
  if (status === 'done') return 'done';
  if (hasEnded) return startedAt === undefined ? 'to come' : 'stopped';
  return status === 'waiting' ? 'to come' : 'under way';
}

/** What is over, was stopped, or is to come, in as few lines as it takes. mrkdwn. */
export function groupLines({ kind, phases }: PhaseGroup, hasEnded: boolean): string[] {
  switch (kind) {
    case 'done':
      return [`✅ ${doneNames(phases)}`, ...(hasEnded ? [] : exceptionLines(phases.flatMap(({ steps }) => steps)))];
    case 'stopped':
      return phases.map((phase) => `❌ ${nameOf(phase)} stopped: ${countOf(phase).words}`);
    case 'to come':
      return [`${hasEnded ? '➖ Not started:' : '▫️ To come:'} ${names(phases)}`];
    case 'under way':
      return phases.map(headLine);
  }
}

/** A phase under way and its steps, as lines: what is shown where Slack does not know plan blocks. mrkdwn. */
export function phaseLines(phase: PhaseProgress, progress: ProgressLines, now: number): string[] {
  const shown = stepsThatMatter(phase, STEPS_SHOWN);
  return [
    `${headLine(phase)} · ${phaseTime(phase, now)}`,
    ...shown.map((entry) => stepLine(entry, progress[entry.step.id]?.sentence, now)),
  ];
}

function headLine(phase: PhaseProgress): string {
  return `${phase.status === 'failed' ? '❌' : '🔄'} ${nameOf(phase)} ${phase.status === 'failed' ? 'stopped' : 'runs'}: ${countOf(phase).words}`;
}

function stepLine(entry: StepEntry, words: string | undefined, now: number): string {
  const { state } = entry;
  const spent = durationOf(entry, now);
  const title = `${escapeText(entry.step.title)}${spent ? ` · ${spent}` : ''}`;
  switch (state.status) {
    case 'succeeded': {
      const open = notFenced(entry);
      return open ? `      ⚠️ ${open.is}, ${open.because}: ${title}` : `      ✅ done: ${title}`;
    }
    case 'skipped':
      return `      ⏭️ skipped: ${title}`;
    case 'failed':
      return `      ❌ failed: ${title}\n            ${escapeText(state.errors.at(-1)?.message ?? '')}`;
    case 'backing off': {
      const why = escapeText(cut(state.errors.at(-1)?.message ?? '', LONGEST_REASON));
      return `      🔁 tried again: ${title} · ${attemptWords(entry.step, state)}. ${why}`.trimEnd();
    }
    case 'running':
      return `      🔄 running: ${title}${words ? ` · ${escapeText(words)}` : ''}`;
    default:
      return `      ▫️ waiting: ${title}`;
  }
}

function doneNames(phases: PhaseProgress[]): string {
  const spent = (phase: PhaseProgress) =>
    `${nameOf(phase)} ${formatSeconds(((phase.endedAt ?? 0) - (phase.startedAt ?? phase.endedAt ?? 0)) / 1000)}`;
  const last = phases.at(-1);
  if (phases.length > NAMED && last) return `*${phases.length} phases done*, the last: ${spent(last)}`;
  return `Done: ${phases.map(spent).join(', ')}`;
}

function names(phases: PhaseProgress[]): string {
  const shown = phases.slice(0, NAMED).map(nameOf).join(', ');
  return phases.length > NAMED ? `${shown} and ${phases.length - NAMED} more` : shown;
}

function nameOf({ title }: PhaseProgress): string {
  return `*${escapeText(cut(title, LONGEST_NAME))}*`;
}

function exceptionLines(steps: StepEntry[]): string[] {
  const lines = steps.flatMap((entry) => {
    const { step, state } = entry;
    const open = notFenced(entry);
    if (open) return [`      ⚠️ ${escapeText(step.title)}: ${open.is}, ${open.because}`];
    if (state.leftOutBecause !== undefined)
      return [`      ➖ ${escapeText(step.title)}: left out, ${escapeText(cut(state.leftOutBecause, LONGEST_REASON))}`];
    const overridden = overriddenLines(step, state).map((line) => `      ✍️ overridden: ${line}`);
    if (state.status !== 'skipped') return overridden;
    return [
      ...overridden,
      `      ⏭️ ${escapeText(step.title)}: skipped by <@${state.skippedBy?.by}> (${escapeText(cut(state.skippedBy?.reason ?? '', LONGEST_REASON))})`,
    ];
  });
  const left = lines.length - EXCEPTIONS_SHOWN;
  return left > 0 ? [...lines.slice(0, EXCEPTIONS_SHOWN), `      … and ${left} more`] : lines;
}
