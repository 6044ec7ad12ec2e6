import type { Difference } from '../domain/events.ts';
import type { PlanState, StepState } from '../domain/incident-state.ts';
import { measuredWords } from '../domain/measured-words.ts';
import { openRequest } from '../domain/override-request.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { escapeText } from './escape.ts';
import { cut } from './message.ts';

const LONGEST_DIFFERENCE = 240;
const LONGEST_REASON = 300;
const LONGEST_TITLE = 80;

/** How many differences a message names, and how much of each and of a reason; the thread and the journal have all. */
interface Detail {
  differences: number;
  words: number;
  reason: number;
}
const FULL: Detail = { differences: 6, words: LONGEST_DIFFERENCE, reason: LONGEST_REASON };
/** Where several things are to be decided on one message. */
export const BRIEF: Detail = { differences: 2, words: 90, reason: 90 };

/** What is not as it was approved, a line each; mrkdwn. */
export function differenceLines(differences: readonly Difference[], detail = FULL): string[] {
  const lines = differences
    .slice(0, detail.differences)
    .map(({ sentence }) => `• ${escapeText(cut(measuredWords(sentence), detail.words))}`);
  const left = differences.length - lines.length;
  return left > 0 ? [...lines, `• … and ${left} more`] : lines;
}

/** Whether somebody asked to go on although something does not hold, and the second name is still missing. */
export function waitsForSecond(step: StepState): boolean {
  return openRequest(step) !== undefined;
}

/** Who wants to go on, in spite of what, and why; mrkdwn, empty when nobody asked. */
export function requestLines(step: PlannedStep, { overrideRequest: asked }: StepState, detail = FULL): string[] {
  if (!asked) return [];
  return [
    `<@${asked.by}> wants to go on with *${escapeText(cut(step.title, LONGEST_TITLE))}* although:`,
    ...differenceLines(asked.accepts, detail),
    `Because: ${escapeText(cut(asked.reason, detail.reason))}`,
  ];
}

/** What two people accepted of a step in a run, a line for each time; mrkdwn. */
export function overriddenLines(step: PlannedStep, { overrides }: StepState): string[] {
  return overrides.map(({ by, reason, accepts, second }) => {
    const what = accepts.map(({ sentence }) => escapeText(cut(measuredWords(sentence), LONGEST_DIFFERENCE))).join('; ');
    const why = escapeText(cut(reason, LONGEST_REASON));
    return `${escapeText(step.title)}: ${what} (<@${by}>: ${why}; signed by <@${second}>)`;
  });
}

/** The guards of a plan that a commander passes, measured against their limit, who and why; mrkdwn. */
export function planOverrideLines({ plan, overrides = [] }: PlanState): string[] {
  return overrides.map(({ step, by, reason, measured, limit }) => {
    const title = plan.guards.find((guard) => guard.step === step)?.title ?? step;
    const against = escapeText(cut(measuredWords(`${measured}; needed ${limit}`), LONGEST_DIFFERENCE));
    return `• *${escapeText(title)}*: no (${against}). <@${by}>: ${escapeText(cut(reason, LONGEST_REASON))}`;
  });
}

/** The failed guards of a plan that nobody has overridden yet. */
export function failedVerdicts({ plan, overrides = [] }: PlanState): PlanState['plan']['guards'] {
  const passed = new Set(overrides.map(({ step }) => step));
  return plan.guards.filter((guard) => !guard.passed && !passed.has(guard.step));
}
