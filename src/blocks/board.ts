import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf, type RunState, type StepState } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import { type PhaseProgress, phasesOf } from '../domain/phases.ts';
import type { Plan } from '../domain/plan.ts';
import { recoveryFigures } from '../domain/recovery.ts';
import { escalationLines } from './escalation.ts';
import { escapeText } from './escape.ts';
import { type Button, buttons, context, fields, header, type Message, section } from './message.ts';
import { outcomeLines, outcomeText, standingFence } from './outcome.ts';
import { utc } from './time.ts';

/** Last words of running steps, by step id. */
export type ProgressLines = Record<string, { sentence: string; at: number }>;

const STEP_MARK: Record<StepState['status'], string> = {
  waiting: '▫️ waiting',
  running: '🔄 running',
  succeeded: '✅ done',
  failed: '❌ failed',
  skipped: '⏭️ skipped',
  'left out': '➖ not needed',
};
const PHASE_MARK: Record<PhaseProgress['status'], string> = {
  waiting: '▫️ waiting',
  running: '🔄 running',
  done: '✅ done',
  failed: '❌ stopped',
};

/** A phase with more steps shows only those that run or failed, and counts the rest. */
const STEPS_SHOWN = 12;

/** The one live message of an incident and its run. Pure; `present` is world time (epoch milliseconds, UTC). */
export function board(state: IncidentState, progress: ProgressLines, present: number): Message {
  // What has ended does not move any more.
  const now = state.status === 'resolved' || isRecovered(state.run) ? state.at : present;
  const plan = planOf(state, state.run?.planId)?.plan;
  const title = `${state.id} · ${state.title} (${state.severity})`;
  const headline = headlineOf(state);
  const phases = plan && state.run ? phasesOf(plan, state.run) : [];
  const actions = state.run ? runButtons(state, state.run, plan) : waitsForPlan(state) ? [] : resolveButton(state);
  return {
    text: `${title}. ${headline}`,
    blocks: [
      header(title),
      section(headline),
      fields(clock(state, now)),
      ...(phases.length > 0
        ? [
            section(
              phases.flatMap((phase) =>
                phaseLines(phase, progress, state.run?.finishedAt ?? now, state.run?.status === 'finished'),
              ),
            ),
          ]
        : []),
      ...(state.run?.status === 'finished' ? [section(outcomeLines(state))] : []),
      section(escalationLines(state)),
      ...(actions.length > 0 ? [buttons(actions)] : []),
      context(
        `Declared by <@${state.declaredBy}> at ${utc(state.declaredAt, true)}${state.reason ? `: ${escapeText(state.reason)}` : ''} · as of ${utc(now)}`,
      ),
    ],
  };
}

/** What is happening, and the one thing to do now. */
export function headlineOf(state: IncidentState): string {
  if (state.status === 'resolved')
    return `🏁 *Resolved* by <@${state.resolvedBy}> at ${utc(state.resolvedAt ?? 0)}.${state.run ? ` ${outcomeText(state)}` : ''}`;
  const { run } = state;
  if (!run) return headlineBeforeRun(state);
  const steps = Object.values(run.steps);
  switch (run.status) {
    case 'paused': {
      const failed = steps.find(({ status }) => status === 'failed');
      const reason = escapeText(failed?.errors.at(-1)?.message ?? '');
      const fence = standingFence(state);
      return `⏸️ *Paused: ${escapeText(titleOf(state, failed?.id))} failed.* ${reason} A commander must decide: retry, skip or abort.${fence ? `\nAfter an abort: ${fence}` : ''}`;
    }
    case 'aborting':
      return `🛑 *Stopping*: <@${run.abort?.by}> aborted the run. No new step starts.`;
    case 'finished':
      return `${isRecovered(run) ? '🟢' : '🔴'} *${outcomeText(state)}*${isRecovered(run) ? ' When the incident is over: `/dr resolve`.' : ' Ask for a new plan, or `/dr resolve`.'}`;
    case 'running': {
      const question = waitingForPerson(state);
      if (question) return `🙋 *A person must check:* ${escapeText(question)}`;
      const running = steps
        .filter(({ status }) => status === 'running')
        .map(({ id }) => escapeText(titleOf(state, id)));
      return `🔄 *Recovering.* Now: ${running.length > 0 ? running.join('; ') : 'starting the next steps'}.`;
    }
  }
}

function headlineBeforeRun(state: IncidentState): string {
  const newest = state.plans.at(-1);
  if (!newest) {
    if (state.planFailure)
      return `❌ *No plan could be made.* ${escapeText(state.planFailure.error.message)} Ask again with \`/dr failover ${state.system}\`.`;
    return '🔎 *Planning*: reading the live state of both regions. Nothing has been changed.';
  }
  switch (newest.status) {
    case 'awaiting approval':
      return `⏸️ *Waiting for approval* of plan ${newest.plan.id} by a second person. Nothing has been changed.`;
    case 'refused':
      return `⛔ *Plan ${newest.plan.id} is refused*: a guard failed. Nothing has been changed.`;
    case 'approved':
      return `✅ *Plan ${newest.plan.id} is approved*; the run starts.`;
    default:
      return `*Plan ${newest.plan.id} is ${newest.status}.* Nothing has been changed. Ask again with \`/dr failover ${state.system}\`.`;
  }
}

function clock(state: IncidentState, now: number): [string, string][] {
  const figures = recoveryFigures(state);
  const until = figures?.recoveredAt ?? state.resolvedAt ?? now;
  const elapsed = (until - state.detectedAt) / 1000;
  const pairs: [string, string][] = [
    ['Detected', utc(state.detectedAt)],
    [figures?.recoveredAt ? 'Users can work again after' : 'Elapsed', formatSeconds(elapsed)],
  ];
  if (figures && !figures.recoveredAt && state.status === 'open') {
    const left = figures.rtoSeconds - elapsed;
    const ends = utc(state.detectedAt + figures.rtoSeconds * 1000);
    pairs.push([
      'RTO',
      left >= 0 ? `${formatSeconds(left)} left, until ${ends}` : `missed by ${formatSeconds(-left)}, was ${ends}`,
    ]);
  }
  return pairs;
}

function phaseLines(phase: PhaseProgress, progress: ProgressLines, now: number, hasEnded: boolean): string[] {
  const { status, title, startedAt, endedAt, targetSeconds, steps } = phase;
  const spent = startedAt === undefined ? '' : ` ${formatSeconds(((endedAt ?? now) - startedAt) / 1000)} of`;
  const mark = hasEnded && status === 'running' ? PHASE_MARK.failed : PHASE_MARK[status];
  const line = `${mark}  *${escapeText(title)}* ·${spent} target ${formatSeconds(targetSeconds)}`;
  if (status === 'done' || status === 'waiting') return [line];
  const shown = steps.filter(({ state }) => state.status !== 'left out');
  const lines = (list: typeof shown) =>
    list.map(({ step, state }) => stepLine(step.title, state, progress[step.id]?.sentence, now, hasEnded));
  if (shown.length <= STEPS_SHOWN) return [line, ...lines(shown)];
  const current = shown.filter(({ state }) => state.status === 'running' || state.status === 'failed');
  const done = shown.filter(({ state }) => state.status === 'succeeded' || state.status === 'skipped').length;
  return [line, `      ${done} of ${shown.length} steps done`, ...lines(current.slice(0, STEPS_SHOWN))];
}

function stepLine(
  title: string,
  state: StepState,
  sentence: string | undefined,
  now: number,
  hasEnded: boolean,
): string {
  const seconds =
    state.startedAt === undefined ? '' : ` · ${formatSeconds(((state.endedAt ?? now) - state.startedAt) / 1000)}`;
  const words = state.status === 'running' && sentence ? ` · ${escapeText(sentence)}` : '';
  const failure = state.status === 'failed' ? `\n            ${escapeText(state.errors.at(-1)?.message ?? '')}` : '';
  return `      ${stepMark(state, hasEnded)}  ${escapeText(title)}${seconds}${words}${failure}`;
}

/** What a step came to, honestly: a fence that could not be put up is not done, and nothing starts after the end. */
function stepMark({ status, outputs }: StepState, hasEnded: boolean): string {
  if (status === 'succeeded' && outputs?.fenced === false) return '⚠️ not possible, it did not answer:';
  if (hasEnded && status === 'waiting') return '➖ not started';
  return STEP_MARK[status];
}

/** A plan is being made or waits for its decision: ending the incident now is nobody's next step. */
function waitsForPlan({ plans, planFailure, status }: IncidentState): boolean {
  const newest = plans.at(-1)?.status;
  return (
    status === 'open' && (newest === undefined ? !planFailure : newest === 'awaiting approval' || newest === 'approved')
  );
}

function runButtons(state: IncidentState, run: RunState, plan: Plan | undefined): Button[] {
  if (run.status === 'finished') return resolveButton(state);
  const list: Button[] = [];
  for (const step of Object.values(run.steps)) {
    if (step.status === 'failed') {
      list.push({ verb: 'retry', args: `${run.id} ${step.id}`, label: `Retry ${step.id}`, style: 'primary' });
      list.push({ verb: 'skip', args: `${run.id} ${step.id}`, label: `Skip ${step.id}…` });
    } else if (step.status === 'running' && plan?.steps.find(({ id }) => id === step.id)?.uses === 'manual.confirm') {
      if (step.answer) continue;
      list.push({ verb: 'confirm', args: `${run.id} ${step.id}`, label: 'Yes, it works', style: 'primary' });
      list.push({ verb: 'decline', args: `${run.id} ${step.id}`, label: 'No, it does not' });
    }
  }
  if (run.status !== 'aborting') {
    list.push({
      verb: 'abort',
      args: state.id,
      label: 'Abort',
      style: 'danger',
      confirm: {
        title: `Abort ${run.id}?`,
        text: abortWarning(run, plan),
        yes: 'Abort',
        no: 'Go on',
      },
    });
  }
  return list;
}

function abortWarning(run: RunState, plan: Plan | undefined): string {
  const begun = plan?.steps.find(({ id, effect }) => effect === 'irreversible' && run.steps[id]?.status === 'running');
  const warning = begun
    ? `"${escapeText(begun.title)}" has begun and will finish by itself; a new plan of this runbook will then be refused. `
    : '';
  return `${warning}No new step starts; what was changed stays changed, and the board says what it is.`;
}

function resolveButton(state: IncidentState): Button[] {
  if (state.status === 'resolved') return [];
  return [
    {
      verb: 'resolve',
      args: state.id,
      label: 'Resolve',
      confirm: {
        title: `Resolve ${state.id}?`,
        text: 'The incident ends and nobody else is paged.',
        yes: 'Resolve',
        no: 'Keep it open',
      },
    },
  ];
}

function waitingForPerson(state: IncidentState): string | undefined {
  const plan = planOf(state, state.run?.planId)?.plan;
  const step = plan?.steps.find(
    ({ id, uses }) =>
      uses === 'manual.confirm' && state.run?.steps[id]?.status === 'running' && !state.run.steps[id].answer,
  );
  const question = step?.with.question;
  return typeof question === 'string' ? question : undefined;
}

function titleOf(state: IncidentState, stepId: string | undefined): string {
  const plan = planOf(state, state.run?.planId)?.plan;
  return plan?.steps.find(({ id }) => id === stepId)?.title ?? stepId ?? 'a step';
}
