import type { IncidentState, RunState, StepState } from '../domain/incident-state.ts';
import { planOf } from '../domain/incident-state.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { asksWords, type Question, questionKind, questionsOf } from '../domain/questions.ts';
import { keptFromSkip } from '../domain/skippable.ts';
import { escapeText } from './escape.ts';
import { cut } from './message.ts';
import { BRIEF, differenceLines, requestLines, waitsForSecond } from './overrides.ts';
import { utc } from './time.ts';

/** Of what failed or is asked, where there are several things to decide. */
const LONGEST_ABOUT = 200;
const LONGEST_TITLE = 80;
const LONGEST_REASON = 300;

/** One thing that people have to decide about a run under way. */
export type Decision =
  | { kind: 'failure' | 'override'; step: PlannedStep; now: StepState }
  | { kind: 'question'; step: PlannedStep; question: Question }
  | { kind: 'hold'; hold: NonNullable<RunState['hold']> };

/** What people have to decide about the run now: failed steps first, then questions, then whether it may go on. */
export function decisionsOf(state: IncidentState): Decision[] {
  const { run } = state;
  if (run?.status !== 'running' && run?.status !== 'paused') return [];
  return [
    ...failedSteps(state, run).map(
      ({ step, now }): Decision => ({ kind: waitsForSecond(now) ? 'override' : 'failure', step, now }),
    ),
    ...questionsOf(state).map((question): Decision => ({ kind: 'question', step: question.step, question })),
    ...(run.hold ? [{ kind: 'hold' as const, hold: run.hold }] : []),
  ];
}

/** Steps of the run that stand failed, in the order of the plan. */
export function failedSteps(state: IncidentState, run: RunState): { step: PlannedStep; now: StepState }[] {
  const steps = planOf(state, run.planId)?.plan.steps ?? [];
  return steps.flatMap((step) => {
    const now = run.steps[step.id];
    return now?.status === 'failed' ? [{ step, now }] : [];
  });
}

/** What it is, and what may be done about it, above its own buttons; mrkdwn. */
export function aboutOf(state: IncidentState, decision: Decision): string {
  switch (decision.kind) {
    case 'failure': {
      const { step, now } = decision;
      const title = escapeText(cut(step.title, LONGEST_TITLE));
      const why = now.differences
        ? ['The approval no longer covers it:', ...differenceLines(now.differences, BRIEF)].join('\n')
        : escapeText(cut(now.errors.at(-1)?.message ?? '', LONGEST_ABOUT));
      return `❌ *${title} failed.* ${why}\n*A commander:* ${adviceFor(state, step, now)}.`;
    }
    case 'override':
      return [`✍️ *A second name is missing.*`, ...requestLines(decision.step, decision.now, BRIEF)].join('\n');
    case 'question':
      return [
        `🙋 *${asksWords(decision.question.kind)}:* ${escapeText(cut(decision.question.text, LONGEST_ABOUT))}`,
        ...optionLines(decision.question),
      ].join('\n');
    case 'hold':
      return heldSentence(decision.hold);
  }
}

/** Who holds the run, since when and why; mrkdwn. */
export function heldSentence({ by, at, reason }: NonNullable<RunState['hold']>): string {
  const why = reason === undefined ? '' : `: ${escapeText(cut(reason, LONGEST_REASON))}`;
  return `✋ *<@${by}> holds the run* since ${utc(at)}${why}. No new step starts until somebody resumes it.`;
}

/** What a commander can do about this failure besides an abort, the likeliest first. */
export function adviceFor(state: IncidentState, step: PlannedStep, now: StepState): string {
  if (now.differences) return 'retry, which looks again; or override, which a second person has to sign';
  if (questionKind(step) !== undefined) {
    return answeredNo(now)
      ? 'mend it and retry, which asks again; or skip, which leaves it as it is'
      : 'retry, which asks again; or skip, which leaves it unchecked';
  }
  const kept = keptFromSkip(state, step);
  if (kept?.because === 'guard') return 'retry when it is mended';
  if (kept?.because === 'promoted') return 'a retry only looks again';
  if (kept) {
    const sign = kept.mayHasten
      ? 'go on as an emergency, which signs for that'
      : kept.maySign
        ? 'ask for a new plan that signs for that'
        : 'mend what keeps it away, or abort';
    return `retry when it can be reached. Without the fence two primaries could take writes, so it is never skipped: ${sign}`;
  }
  return 'retry when the cause is gone, or skip when it was done by hand';
}

/** That a step failed and why, as one sentence or more; mrkdwn. */
export function failureSentence(step: PlannedStep, now: StepState): string {
  const message = now.errors.at(-1)?.message ?? '';
  const reason = escapeText(message);
  if (now.differences) return driftSentence(step, now.differences);
  if (questionKind(step) !== undefined) return `*Paused: ${reason}* ${answeredNo(now) ? '' : asks(step)}`.trim();
  if (step.expect !== undefined) return `*Paused before anything was changed:* ${reason}`;
  // Some sentences name the step by themselves.
  if (message.startsWith(`${step.title}: `)) return `*Paused.* ${reason}`;
  return `*Paused: ${escapeText(step.title)} failed.* ${reason}`;
}

function driftSentence(step: PlannedStep, differences: NonNullable<StepState['differences']>): string {
  const where = step.expect === undefined ? `before “${escapeText(step.title)}”` : 'before anything was changed';
  return [`*Paused ${where}: the approval no longer covers this.*`, ...differenceLines(differences)].join('\n');
}

/** What a step that nobody answered asked; what it would have offered is over. */
function asks({ with: { question }, title }: PlannedStep): string {
  return escapeText(typeof question === 'string' && !question.includes('${{') ? question : title);
}

/** Options that a message still names, each in a line. */
const OPTIONS_NAMED = 10;
const LONGEST_SENTENCE = 200;

/** What each answer means; of a word that is filled in, an example. mrkdwn. */
export function optionLines({ options, example, kind }: Question): string[] {
  if (kind === 'fill-in') return example === undefined ? [] : [`For example: ${escapeText(example)}`];
  const lines = options.slice(0, OPTIONS_NAMED).map(({ title, sentence }) => {
    return `• *${escapeText(title)}*${sentence === undefined ? '' : `: ${escapeText(cut(sentence, LONGEST_SENTENCE))}`}`;
  });
  const left = options.length - lines.length;
  return left > 0 ? [...lines, `• … and ${left} more in the menu`] : lines;
}

function answeredNo(now: StepState): boolean {
  return now.errors.at(-1)?.code === 'manual.refused';
}
