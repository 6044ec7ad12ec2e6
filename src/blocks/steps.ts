import { formatSeconds } from '../domain/format-seconds.ts';
import type { StepState } from '../domain/incident-state.ts';
import type { PhaseProgress } from '../domain/phases.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { mayHaveFenced } from '../domain/standing-fence.ts';
import { utc } from './time.ts';

/** Last words of running steps, by step id. */
export type ProgressLines = Record<string, { sentence: string; at: number }>;

export type StepEntry = PhaseProgress['steps'][number];

/**
 * How a step ended that was to put up a fence and did not get it proven, and why, as words within a sentence; undefined:
 * it is no such step, or did what it is there for.
 */
export function notFenced({ state }: StepEntry): { is: string; because: string } | undefined {
  if (state.status !== 'succeeded' || state.outputs?.fenced !== false) return undefined;
  return mayHaveFenced(state)
    ? { is: 'not proven', because: 'it may stand, since an answer was lost' }
    : { is: 'not possible', because: 'it did not answer' };
}

/** Which attempt failed, of how many, and when the next one begins: of a step that is tried again by itself. */
export function attemptWords({ retry }: PlannedStep, { errors, retryAt, roundFrom = 0 }: StepState): string {
  const attempt = errors.length - roundFrom;
  const of = retry ? ` of ${retry.attempts}` : '';
  return `attempt ${attempt}${of} failed, next at ${utc(retryAt ?? 0)}`;
}

/** Steps that take part in a phase: what only gathers the outputs of others does nothing that anybody could follow. */
function takingPart({ steps }: Pick<PhaseProgress, 'steps'>): StepEntry[] {
  return steps.filter(
    ({ step, state }) => state.status !== 'left out' && (step.gathers === undefined || state.status === 'failed'),
  );
}

/** How many steps of a phase have ended. */
export function countOf(phase: Pick<PhaseProgress, 'steps'>): { ended: number; all: number; words: string } {
  const taking = takingPart(phase);
  const ended = taking.filter(({ state }) => state.status === 'succeeded' || state.status === 'skipped').length;
  return { ended, all: taking.length, words: `${ended} of ${taking.length} done` };
}

/**
 * The steps of a phase in their order; of more than `most` those that matter now: what failed, what runs, what comes
 * next, and what ended last.
 */
export function stepsThatMatter(phase: Pick<PhaseProgress, 'steps'>, most: number): StepEntry[] {
  const taking = takingPart(phase);
  if (taking.length <= most) return taking;
  const of = (...statuses: string[]) => taking.filter(({ state }) => statuses.includes(state.status));
  const ended = of('succeeded', 'skipped').toReversed();
  const chosen = new Set([...of('failed'), ...of('running', 'backing off'), ...of('waiting'), ...ended].slice(0, most));
  return taking.filter((entry) => chosen.has(entry));
}

/** How long a step has taken or takes, or nothing before its start; `now` in world time. */
export function durationOf({ state }: StepEntry, now: number): string {
  const { startedAt, endedAt } = state;
  return startedAt === undefined ? '' : formatSeconds(((endedAt ?? now) - startedAt) / 1000);
}

/** How long a phase takes, against its target. */
export function phaseTime({ startedAt, endedAt, targetSeconds }: PhaseProgress, now: number): string {
  const seconds = ((endedAt ?? now) - (startedAt ?? now)) / 1000;
  const target = formatSeconds(targetSeconds);
  return seconds > targetSeconds
    ? `${formatSeconds(seconds)}, target was ${target}`
    : `${formatSeconds(seconds)} of ${target}`;
}
