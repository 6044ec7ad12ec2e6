import { abortWarnings, sentencesWithin } from '../domain/abort.ts';
import { mayHasten } from '../domain/emergency.ts';
import { type IncidentState, planFailureNow, planOf, type RunState } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import type { Question } from '../domain/questions.ts';
import { quoteWord } from '../domain/quote-word.ts';
import { isUndo } from '../domain/recovery.ts';
import { keptFromSkip } from '../domain/skippable.ts';
import { mayAllowWrites, planAgainButtons, undoButtons, writesOffered } from './again.ts';
import { aboutOf, type Decision, decisionsOf } from './decisions.ts';
import { escapeText } from './escape.ts';
import { type Button, cut } from './message.ts';
import { onResume, openWindow } from './under-way.ts';

/** Failed steps and questions with buttons; whoever has decided on these sees the others. */
const OFFERED = 5;
/** Of what an override accepts, in the dialog of whoever signs; the message above it has more. */
const LONGEST_ACCEPTED = 80;
/** Slack: characters of a dialog that asks first. */
const LONGEST_CONFIRM = 300;

/** Buttons of one thing to decide. */
export interface Choice {
  /** What it is, where there are several; mrkdwn. */
  about?: string;
  buttons: Button[];
}

/** What people are asked to decide, the likeliest first, and what they may do to a run that goes on by itself. */
export function boardButtons(state: IncidentState): { decide: Choice[]; aside: Button[] } {
  const { run } = state;
  if (!run || run.status === 'finished' || run.status === 'aborting') {
    const list = decisions(state);
    return { decide: list.length > 0 ? [{ buttons: list }] : [], aside: [] };
  }
  const stop = abort(state, run);
  const others = emergency(state, run);
  if (run.status === 'paused') return { decide: whilePaused(state, run, stop), aside: others };
  const aside = [...pause(run), ...others];
  const decide = whileRunning(state, run);
  // Before what cannot be taken back, the way out is what people look for first.
  return openWindow(state) ? { decide: [{ buttons: [stop] }, ...decide], aside } : { decide, aside: [...aside, stop] };
}

function whilePaused(state: IncidentState, run: RunState, stop: Button): Choice[] {
  const found = decisionsOf(state);
  const [only, ...others] = found;
  if (!only) return [{ buttons: [stop] }];
  // Nobody can write as long as the fence stands: the way back comes before everything else.
  const offered = writesOffered(state);
  const back = offered ? undoButtons(state, { standsOut: offered === 'first' }) : [];
  if (others.length > 0) return [...eachOf(state, run, found), { buttons: [...back, stop] }];
  const list = choices(state, run, only, true, offered !== 'first');
  return [{ buttons: offered === 'first' ? [...back, ...list, stop] : [...list, ...back, stop] }];
}

function whileRunning(state: IncidentState, run: RunState): Choice[] {
  const found = decisionsOf(state);
  const [only, ...others] = found;
  if (!only) return [];
  if (others.length === 0 && !openWindow(state)) return [{ buttons: choices(state, run, only, true) }];
  return eachOf(state, run, found);
}

/** Each with what it is about; whether the run may go on stands last, also where there are many. */
function eachOf(state: IncidentState, run: RunState, found: Decision[]): Choice[] {
  const steps = found.filter(({ kind }) => kind !== 'hold').slice(0, OFFERED);
  const holds = found.filter(({ kind }) => kind === 'hold');
  return [...steps, ...holds].map((decision) => ({
    about: aboutOf(state, decision),
    buttons: choices(state, run, decision, false),
  }));
}

function decisions(state: IncidentState): Button[] {
  const { run } = state;
  if (state.status === 'resolved' || run?.status === 'aborting') return [];
  const newest = state.plans.at(-1);
  if (planFailureNow(state)) return [...planAgainButtons(state), resolve(state)];
  if (run && newest?.plan.id === run.planId) return [...afterRun(state, run), resolve(state)];
  const waits = !newest || newest.status === 'awaiting approval' || newest.status === 'approved';
  return waits ? [] : [...planAgainButtons(state), resolve(state)];
}

/** After a run that left writes stopped everywhere, the way back is the first thing offered. */
function afterRun(state: IncidentState, run: RunState): Button[] {
  if (run.outcome === 'finished') return lookAgain(state);
  if (isRecovered(run) && !isUndo(state)) return [];
  const again = planAgainButtons(state);
  const undo = undoButtons(state);
  return isUndo(state) || mayAllowWrites(state) ? [...undo, ...again] : [...again, ...undo];
}

/** What only looked may look again. */
function lookAgain(state: IncidentState): Button[] {
  return planAgainButtons(state).map((button) => ({ ...button, label: 'Look again' }));
}

/** One button at most stands out on a board: that of the only thing to decide. */
function choices(
  state: IncidentState,
  run: RunState,
  decision: Decision,
  isOnly: boolean,
  standsOut = isOnly,
): Button[] {
  const first: Pick<Button, 'style'> = standsOut ? { style: 'primary' } : {};
  if (decision.kind === 'hold') return [resume(state, run, first)];
  const { kind, step } = decision;
  const args = `${run.id} ${step.id}`;
  const which = isOnly ? '' : ` ${step.id}`;
  if (kind === 'question' && decision.question.kind !== 'confirm')
    return answers(args, which, decision.question, first);
  if (kind === 'question') {
    return [
      { verb: 'confirm', args, label: isOnly ? 'Yes, it works' : `Yes: ${step.id}`, ...first },
      { verb: 'decline', args, label: isOnly ? 'No, it does not' : `No: ${step.id}` },
    ];
  }
  if (kind === 'override') return [sign(args, which, decision, first), { verb: 'retry', args, label: `Retry${which}` }];
  const retry: Button = { verb: 'retry', args, label: `Retry${which}`, ...first };
  if (decision.now.differences) return [retry, { verb: 'override', args, label: `Override${which}…` }];
  return keptFromSkip(state, step) ? [retry] : [retry, { verb: 'skip', args, label: `Skip${which}…` }];
}

/** Answers that are buttons; more of them are a menu. */
const MOST_BUTTONS = 5;

/** What may be answered, and that nothing of it will do. */
function answers(args: string, which: string, question: Question, first: Pick<Button, 'style'>): Button[] {
  const none: Button = {
    verb: 'decline',
    args,
    label: question.kind === 'choose' ? `None of these${which}` : `No answer${which}`,
  };
  if (question.kind === 'fill-in') return [{ verb: 'answer', args, label: `Answer${which}…`, ...first }, none];
  if (question.options.length > MOST_BUTTONS) {
    return [{ verb: 'answer', args, label: `Choose${which}…`, options: question.options }, none];
  }
  const each = question.options.map(
    ({ value, title }): Button => ({ verb: 'answer', args: `${args} ${quoteWord(value)}`, label: title }),
  );
  return [...each, none];
}

/** Asked first where it lets something begin that cannot be taken back. */
function resume(state: IncidentState, run: RunState, first: Pick<Button, 'style'>): Button {
  const begins = onResume(state);
  const confirm = begins && { title: `Resume ${run.id}?`, text: begins, yes: 'Resume', no: 'Not yet' };
  return { verb: 'resume', args: run.id, label: 'Resume', ...first, ...(confirm ? { confirm } : {}) };
}

/** The second name under an override, with what exactly it accepts. */
function sign(
  args: string,
  which: string,
  { now }: Extract<Decision, { kind: 'failure' | 'override' }>,
  first: Pick<Button, 'style'>,
): Button {
  const { by = '', accepts = [] } = now.overrideRequest ?? {};
  const what = accepts.map(({ sentence }) => escapeText(cut(sentence, LONGEST_ACCEPTED))).join(' ');
  return {
    verb: 'override',
    args: `${args} --sign`,
    label: `I sign: override${which}`,
    ...first,
    confirm: {
      title: 'Sign this override?',
      text: `You and <@${by}> accept, in this run: ${what} The step is tried again at once.`,
      yes: 'Sign it',
      no: 'Not yet',
    },
  };
}

function pause(run: RunState): Button[] {
  return run.hold ? [] : [{ verb: 'pause', args: run.id, label: 'Pause' }];
}

/** A planned run may become an emergency, which leaves out what is there for politeness only. */
function emergency({ plans }: IncidentState, run: RunState): Button[] {
  const plan = planOf({ plans }, run.planId)?.plan;
  const may = plan?.mode === 'planned' && plan.undoOf === undefined && !run.modeChange && mayHasten(plan, run);
  return may ? [{ verb: 'emergency', args: run.id, label: 'Go on as emergency…' }] : [];
}

function abort(state: IncidentState, run: RunState): Button {
  return {
    verb: 'abort',
    args: `${state.id} --yes`,
    label: 'Abort',
    style: 'danger',
    confirm: {
      title: `Abort ${run.id}?`,
      text: sentencesWithin(abortWarnings(state).map(escapeText), LONGEST_CONFIRM),
      yes: 'Abort',
      no: 'Go on',
    },
  };
}

function resolve({ id, quiet }: IncidentState): Button {
  return {
    verb: 'resolve',
    args: id,
    label: 'Resolve',
    confirm: {
      title: `Resolve ${id}?`,
      text: quiet ? 'The incident ends; nothing was changed in it.' : 'The incident ends and nobody else is paged.',
      yes: 'Resolve',
      no: 'Keep it open',
    },
  };
}
