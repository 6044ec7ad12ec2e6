import { z } from 'zod';
import type { JsonObject } from './action.ts';
import { InvalidInput } from './errors.ts';
import { resolveValue } from './expression.ts';
import { type IncidentState, planOf, type RunState } from './incident-state.ts';
import { nearestOrBegun } from './nearest.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { scopeOfStep } from './plan-scope.ts';

/** How a step asks a person: yes or no, one of several, or a word. */
export type QuestionKind = 'confirm' | 'choose' | 'fill-in';

const KINDS: Readonly<Record<string, QuestionKind>> = {
  'manual.confirm': 'confirm',
  'manual.choose': 'choose',
  'manual.fill-in': 'fill-in',
};

/** Slack: an option of a menu has a value and a title of so many characters at most. */
const LONGEST_VALUE = 150;
const LONGEST_TITLE = 75;
/** Slack: the options of a menu. */
const MOST_OPTIONS = 100;
/** Characters of what somebody fills in. */
export const LONGEST_FILLED_IN = 300;

/** One of several answers; `value` is what the run goes on with, and what is typed. */
const ChoiceOption = z.strictObject({
  value: z
    .string()
    .regex(/^[^\s"'`-][^"'`\n]*$/, 'must be one line without quotation marks')
    .max(LONGEST_VALUE),
  title: z.string().trim().min(1).max(LONGEST_TITLE),
  /** What it means, or costs. */
  sentence: z.string().trim().min(1).optional(),
});
export type ChoiceOption = z.infer<typeof ChoiceOption>;

export const ChoiceOptions = z.array(ChoiceOption).max(MOST_OPTIONS);

/** What a step asks people just now, with what it reads of earlier steps filled in. */
export interface Question {
  step: PlannedStep;
  kind: QuestionKind;
  text: string;
  /** Of `choose`. */
  options: ChoiceOption[];
  /** Of `fill-in`. */
  example?: string;
  pattern?: string;
}

/** What people are to do, in a word or two. */
export function asksWords(kind: QuestionKind): string {
  return { confirm: 'A person must check', choose: 'A person must choose', 'fill-in': 'A person must say' }[kind];
}

/** How a step asks a person; undefined: it asks nobody. */
export function questionKind({ uses }: Pick<PlannedStep, 'uses'>): QuestionKind | undefined {
  return Object.hasOwn(KINDS, uses) ? KINDS[uses] : undefined;
}

/** The questions of the run that wait for a person's answer just now. */
export function questionsOf({ run, plans }: Pick<IncidentState, 'run' | 'plans'>): Question[] {
  const plan = run && planOf({ plans }, run.planId)?.plan;
  if (!run || !plan) return [];
  return plan.steps.flatMap((step) => {
    const kind = questionKind(step);
    const now = run.steps[step.id];
    return kind && now?.status === 'running' && !now.answer ? [questionOf(plan, run, step)] : [];
  });
}

/** What a step asks, as far as what it reads is there. */
export function questionOf(plan: Plan, run: RunState, step: PlannedStep): Question {
  const { question, options, example, pattern } = inputNow(plan, run, step);
  const offered = ChoiceOptions.safeParse(options);
  return {
    step,
    kind: questionKind(step) ?? 'confirm',
    text: typeof question === 'string' ? question : step.title,
    options: offered.success ? offered.data : [],
    ...(typeof example === 'string' ? { example } : {}),
    ...(typeof pattern === 'string' ? { pattern } : {}),
  };
}

function inputNow(plan: Plan, run: RunState, step: PlannedStep): JsonObject {
  try {
    return resolveValue(step.with, scopeOfStep(plan, run, step)) as JsonObject;
  } catch {
    return step.with;
  }
}

/**
 * What the run goes on with when this is answered. Throws InvalidInput, in a sentence for the person who answered, unless
 * it is one of the options, or fits the pattern.
 */
export function answerOf({ kind, options, pattern, example, step }: Question, said: string): string {
  const value = said.trim();
  if (kind === 'choose') return chosen(step, options, value);
  if (value === '') throw new InvalidInput('step.answer-empty', `${step.id} needs an answer, for example ${example}.`);
  if (value.length > LONGEST_FILLED_IN) {
    throw new InvalidInput('step.answer-long', `An answer has at most ${LONGEST_FILLED_IN} characters.`);
  }
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) {
    throw new InvalidInput(
      'step.answer-pattern',
      `“${value.slice(0, 60)}” is no answer to ${step.id}. Write it as in this example: ${example}.`,
    );
  }
  return value;
}

function chosen(step: PlannedStep, options: ChoiceOption[], said: string): string {
  const lower = said.toLowerCase();
  const found =
    options.find(({ value }) => value === said) ??
    options.find(({ value, title }) => [value, title].some((word) => word.toLowerCase() === lower));
  if (found) return found.value;
  const values = options.map(({ value }) => value);
  const near = nearestOrBegun(said, values);
  const hint = near === undefined ? `There is ${values.slice(0, 5).join(', ')}.` : `Did you mean ${near}?`;
  throw new InvalidInput('step.no-option', `“${said.slice(0, 60)}” is none of the answers to ${step.id}. ${hint}`);
}
