import type { IncidentState, RunState, StepState } from '../domain/incident-state.ts';
import { planOf } from '../domain/incident-state.ts';
import { ALLOW_WRITES } from '../domain/nobody-writes.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { finishFailover } from '../domain/promoted.ts';
import { asksWords, type Question, questionKind, questionsOf } from '../domain/questions.ts';
import { isUndo, onlyLooks } from '../domain/recovery.ts';
import { standingFence } from '../domain/standing-fence.ts';
import { writesOffered } from './again.ts';
import {
  adviceFor,
  type Decision,
  decisionsOf,
  failedSteps,
  failureSentence,
  heldSentence,
  optionLines,
} from './decisions.ts';
import { escapeText } from './escape.ts';
import type { Headline } from './headline.ts';
import { cut } from './message.ts';
import { requestLines } from './overrides.ts';
import { attemptWords, type ProgressLines } from './steps.ts';
import { utc } from './time.ts';

/** Steps under way that the headline names. */
const NAMED = 3;
/** Of what each of them says; its task card has all. */
const LONGEST_WORDS = 80;
const LONGEST_REASON = 300;

/** What is going on while a run is under way, and the one thing to do now. `now` in world time (epoch milliseconds). */
export function underWay(state: IncidentState, run: RunState, progress: ProgressLines, now: number): Headline {
  switch (run.status) {
    case 'paused':
      return paused(state, run);
    case 'aborting':
      return aborting(state, run);
    default: {
      const window = openWindow(state);
      if (window) return beforeIrreversible(state, window, now);
      const [question, ...others] = questionsOf(state);
      if (question && others.length > 0)
        return { now: `🙋 *People are asked ${others.length + 1} things.*`, next: 'Answer each.' };
      if (question) return asked(question);
      const looks = onlyLooks(state);
      const doing = isUndo(state)
        ? `Undoing what ${undoneRun(state)} changed`
        : looks
          ? 'Looking, and changing nothing'
          : 'Recovering';
      return {
        now: `${looks ? '🔎' : '🔄'} *${doing}.* Nobody has to do anything now.`,
        next: runningWords(state, run, progress),
      };
    }
  }
}

/** The step that cannot be taken back and that an abort still stops, and until when; undefined: there is none now. */
export function openWindow({ run, plans }: IncidentState): { step: PlannedStep; until: number } | undefined {
  const window = run?.status === 'running' && run.abortWindow?.closed === false ? run.abortWindow : undefined;
  const step = window && planOf({ plans }, run?.planId)?.plan.steps.find(({ id }) => id === window.step);
  return step && window && { step, until: window.until };
}

/** What a resumed run does that cannot be taken back, where its last moment is over or runs out; mrkdwn. */
export function onResume({ run, plans }: IncidentState): string | undefined {
  const window = run?.hold ? run.abortWindow : undefined;
  const step = window && planOf({ plans }, run?.planId)?.plan.steps.find(({ id }) => id === window.step);
  if (!step || run?.steps[step.id]?.attempts !== 0) return undefined;
  const when = window?.closed ? 'at once' : `at ${utc(window?.until ?? 0)}, or at once after that`;
  return `When it is resumed, “${escapeText(step.title)}” begins ${when}, and cannot be taken back.`;
}

function beforeIrreversible(
  state: IncidentState,
  { step, until }: { step: PlannedStep; until: number },
  now: number,
): Headline {
  const title = escapeText(step.title);
  const begins = now < until ? `begins at ${utc(until)}` : 'begins now';
  const asked = questionsOf(state).length > 0 ? ' A person is asked something, too: it is listed below.' : '';
  return {
    now: `⏳ *“${title}” ${begins}*, and cannot be taken back.`,
    next: `To stop it, press *Abort*. Otherwise nobody has to do anything.${asked}`,
  };
}

function aborting(state: IncidentState, run: RunState): Headline {
  const why = run.abort?.reason === undefined ? '' : `: ${escapeText(cut(run.abort.reason, LONGEST_REASON))}`;
  const next = nextRunSentence(state);
  return {
    now: `🛑 *<@${run.abort?.by}> stops the run*${why}. No new step starts; what was changed is listed once it has stopped.`,
    ...(next ? { next } : {}),
  };
}

/** The run that was approved in place of this one; mrkdwn. */
export function nextRunSentence(state: IncidentState): string | undefined {
  const { next, run } = state;
  if (!next || !run) return undefined;
  const by = planOf(state, next.planId)?.decision?.by;
  return `*${run.id} stops, then ${next.runId} starts* by itself${by === undefined ? '' : `, approved by <@${by}>`}.`;
}

function runningWords(state: IncidentState, run: RunState, progress: ProgressLines): string {
  const steps = planOf(state, run.planId)?.plan.steps ?? [];
  const running = steps.filter(({ id }) => run.steps[id]?.status === 'running');
  const again = backingOffLines(steps, run);
  if (running.length === 0) return again.length > 0 ? again.join('\n') : 'The next steps start.';
  const said = running.slice(0, NAMED).map(({ id, title }) => {
    const words = progress[id]?.sentence;
    return `${escapeText(title)}${words ? ` (${escapeText(cut(words, LONGEST_WORDS).replace(/\.$/, ''))})` : ''}`;
  });
  const others = running.length - NAMED;
  return [`Now: ${said.join('; ')}${others > 0 ? `; and ${others} more` : ''}.`, ...again].join('\n');
}

/** Steps that are tried again by themselves: which attempt failed, why, and when the next one begins. */
function backingOffLines(steps: PlannedStep[], run: RunState): string[] {
  const waiting = steps.flatMap((step) => {
    const now = run.steps[step.id];
    return now?.status === 'backing off' ? [{ step, now }] : [];
  });
  const lines = waiting.slice(0, NAMED).map(({ step, now }) => {
    const why = escapeText(cut(now.errors.at(-1)?.message ?? '', LONGEST_REASON));
    return `🔁 ${escapeText(step.title)}: ${attemptWords(step, now)}. ${why}`.trimEnd();
  });
  const left = waiting.length - lines.length;
  return left > 0 ? [...lines, `🔁 … and ${left} more are tried again by themselves`] : lines;
}

function paused(state: IncidentState, run: RunState): Headline {
  const [only, ...others] = decisionsOf(state);
  const fence = fenceLine(state);
  if (!only) return { now: '⏸️ *Paused.*', next: 'A commander decides: resume or abort.' };
  if (others.length > 0) return severalThings(state, run, fence);
  return onlyThing(state, run, only, fence);
}

function onlyThing(state: IncidentState, run: RunState, decision: Decision, fence: string): Headline {
  switch (decision.kind) {
    case 'hold': {
      const begins = onResume(state);
      return {
        now: heldSentence(decision.hold),
        next: `${stillRunning(state, run)} *To go on, press Resume*; or abort.${begins ? `\n⚠️ ${begins}` : ''}${fence}`,
      };
    }
    case 'override': {
      const { step, now } = decision;
      return {
        now: ['✍️ *Paused: an override waits for a second name.*', ...requestLines(step, now)].join('\n'),
        next: `*Somebody else who may approve signs it*, not <@${now.overrideRequest?.by}>; or a commander retries, which looks again, or aborts.${fence}`,
      };
    }
    case 'failure': {
      const { step, now } = decision;
      return {
        now: `⏸️ ${failureSentence(step, now)}`,
        next: withFence(state, `*A commander decides:* ${adviceFor(state, step, now)}${orAbort(step)}.`, fence),
      };
    }
    case 'question':
      return asked(decision.question);
  }
}

/** What is asked, and what each answer would mean. */
function asked(question: Question): Headline {
  const now = `🙋 *${asksWords(question.kind)}:* ${escapeText(question.text)}`;
  const options = optionLines(question);
  return options.length > 0 ? { now, next: options.join('\n') } : { now };
}

function severalThings(state: IncidentState, run: RunState, fence: string): Headline {
  const failed = failedSteps(state, run).map(({ step }) => step);
  const named = titles(failed);
  const what = failed.length > 1 ? `${failed.length} steps failed: ${named}` : `${named} failed`;
  const held = run.hold ? `<@${run.hold.by}> holds the run` : '';
  const asked = questionsOf(state).length > 0 ? ' A person is asked something, too.' : '';
  const paused = failed.length > 0 ? what : held;
  const also = failed.length > 0 && held ? ` ${held}, too: resume it afterwards.` : '';
  return { now: `⏸️ *Paused: ${paused}.*${asked}${also}`, next: `*Decide on each*, or abort.${fence}` };
}

/** What is offered first is said first. */
function withFence(state: IncidentState, advice: string, fence: string): string {
  return writesOffered(state) === 'first' ? `${fence.trimStart()}\n${advice}` : `${advice}${fence}`;
}

function stillRunning(state: IncidentState, run: RunState): string {
  const steps = planOf(state, run.planId)?.plan.steps ?? [];
  const running = steps.filter(({ id }) => run.steps[id]?.status === 'running');
  return running.length > 0 ? `Still ending by itself: ${titles(running)}.` : 'Nothing runs now.';
}

function fenceLine(state: IncidentState): string {
  const fence = standingFence(state);
  if (!fence) {
    const onward = finishFailover(state);
    return onward === undefined ? '' : `\n*${escapeText(onward)}*`;
  }
  if (!writesOffered(state)) {
    return `\n*Writes on the old primary ${fence.certain ? 'are' : 'may be'} stopped*, and an abort leaves them so; it then offers first to allow them again.`;
  }
  const stands = fence.certain
    ? 'Nobody can write: writes on the old primary are stopped.'
    : 'Perhaps nobody can write: writes on the old primary may be stopped.';
  return `\n*${stands}* “${ALLOW_WRITES}” makes a plan that takes that back; approving it aborts this run.`;
}

function titles(steps: PlannedStep[]): string {
  const named = steps.slice(0, NAMED).map(({ title }) => escapeText(title));
  const left = steps.length - NAMED;
  return `${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
}

/** Users can work when a person is asked: nobody is told to abort then. */
function orAbort({ uses }: PlannedStep): string {
  return questionKind({ uses }) === 'confirm' ? '' : '; or abort';
}

function undoneRun({ run, plans }: IncidentState): string {
  return planOf({ plans }, run?.planId)?.plan.undoOf ?? '';
}

/** Graceful steps that a run does without since it became an emergency. */
export function leftOutSteps(
  { plans }: Pick<IncidentState, 'plans'>,
  run: RunState,
): { step: PlannedStep; now: StepState }[] {
  return (planOf({ plans }, run.planId)?.plan.steps ?? []).flatMap((step) => {
    const now = run.steps[step.id];
    return now?.leftOutBecause === undefined ? [] : [{ step, now }];
  });
}
