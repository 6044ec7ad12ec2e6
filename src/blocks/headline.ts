import { approvalUnderWay } from '../domain/approval.ts';
import type { IncidentState, PlanState, RunState, StepState } from '../domain/incident-state.ts';
import { planFailureNow, planOf } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { mayPlanAgain } from '../domain/plan-again.ts';
import { questionOf, questionsOf } from '../domain/questions.ts';
import { standingFence } from '../domain/standing-fence.ts';
import { escapeText } from './escape.ts';
import { cut } from './message.ts';
import { leftAsItWas, outcomeText, standingFenceSentence } from './outcome.ts';
import type { ProgressLines } from './steps.ts';
import { utc } from './time.ts';

/** What is going on, and the one thing to do now; mrkdwn, a sentence or two each. */
export interface Headline {
  now: string;
  /** Absent when there is nothing to be said. */
  next?: string;
}

/** Steps under way that the headline names. */
const NAMED = 3;
/** Of what each of them says; its task card has all. */
const LONGEST_WORDS = 80;
/** Of what failed or is asked, where there are several things to decide. */
const LONGEST_ABOUT = 200;

/** `now` in world time (epoch milliseconds); `progress` holds the last words of running steps. */
export function headlineOf(state: IncidentState, progress: ProgressLines, now: number): Headline {
  if (state.status === 'resolved') return resolved(state);
  const newest = state.plans.at(-1);
  const { run } = state;
  if (run && run.status !== 'finished') return underWay(state, run, progress);
  // A plan that was made after the last run has ended is what people decide on now.
  if (newest && !planFailureNow(state))
    return run?.planId === newest.plan.id ? ended(state, run) : planned(state, newest, now);
  return unplanned(state);
}

/** That a plan has changed nothing: true of all that was done, unless a run went before it. */
export function untouched({ run }: IncidentState): string {
  return run ? 'This plan has changed nothing.' : 'Nothing has been changed.';
}

function resolved(state: IncidentState): Headline {
  const how = state.run?.outcome ? ` ${outcomeText(state)}` : ` ${state.run ? '' : 'Nothing was changed.'}`;
  return { now: `🏁 *Resolved* by <@${state.resolvedBy}> at ${utc(state.resolvedAt ?? 0)}.${how}`.trimEnd() };
}

function unplanned(state: IncidentState): Headline {
  const planFailure = planFailureNow(state);
  if (!planFailure) {
    return { now: `🔎 *Planning*: the live state is being read, the plan follows within seconds. ${untouched(state)}` };
  }
  return {
    now: `❌ *No plan could be made.* ${escapeText(planFailure.error.message)} ${untouched(state)}`,
    next: `Mend that, then ask again: \`/dr failover ${state.system}\`.`,
  };
}

function planned(state: IncidentState, entry: PlanState, now: number): Headline {
  const { plan, status, decision } = entry;
  const again = `\`/dr failover ${state.system}\` makes a new plan.`;
  switch (status) {
    case 'awaiting approval': {
      const approval = approvalUnderWay(entry, now);
      if (approval) {
        return {
          now: `⏳ *<@${approval.by}> is approving plan ${plan.id}.* It is compared with the live state first.`,
        };
      }
      return {
        now: `⏸️ *Plan ${plan.id} waits for approval.* ${untouched(state)}`,
        next: `A second person decides in the plan's own message: not <@${plan.requestedBy}>, who asked for it.`,
      };
    }
    case 'refused': {
      const failed = plan.guards.filter(({ passed }) => !passed).map(({ title }) => escapeText(title));
      return {
        now: `⛔ *Plan ${plan.id} cannot be approved.* It does not hold: ${failed.join('; ') || 'a guard'}. ${untouched(state)}`,
        next: `What to do stands in the plan's own message; once it holds, \`/dr failover ${state.system}\` makes a new plan.`,
      };
    }
    case 'approved':
      return { now: `✅ *<@${decision?.by}> approved plan ${plan.id}*; the run starts.` };
    case 'rejected':
      return { now: `🚫 *<@${decision?.by}> rejected plan ${plan.id}.* ${untouched(state)}`, next: again };
    case 'expired':
      return { now: `⌛ *Plan ${plan.id} expired*: nobody decided in time. ${untouched(state)}`, next: again };
    case 'voided':
      return { now: `♻️ *Plan ${plan.id} is no longer valid.* ${untouched(state)}`, next: again };
  }
}

function underWay(state: IncidentState, run: RunState, progress: ProgressLines): Headline {
  switch (run.status) {
    case 'paused':
      return paused(state, run);
    case 'aborting':
      return {
        now: `🛑 *<@${run.abort?.by}> stops the run.* No new step starts; what was changed is listed once it has stopped.`,
      };
    default: {
      const [question, ...others] = questionsOf(state);
      if (question && others.length > 0)
        return { now: `🙋 *People must check ${others.length + 1} things.*`, next: 'Answer each.' };
      if (question) return { now: `🙋 *A person must check:* ${escapeText(questionOf(question))}` };
      return { now: '🔄 *Recovering.* Nobody has to do anything now.', next: runningWords(state, run, progress) };
    }
  }
}

function runningWords(state: IncidentState, run: RunState, progress: ProgressLines): string {
  const steps = planOf(state, run.planId)?.plan.steps ?? [];
  const running = steps.filter(({ id }) => run.steps[id]?.status === 'running');
  if (running.length === 0) return 'The next steps start.';
  const said = running.slice(0, NAMED).map(({ id, title }) => {
    const words = progress[id]?.sentence;
    return `${escapeText(title)}${words ? ` (${escapeText(cut(words, LONGEST_WORDS).replace(/\.$/, ''))})` : ''}`;
  });
  const others = running.length - NAMED;
  return `Now: ${said.join('; ')}${others > 0 ? `; and ${others} more` : ''}.`;
}

function paused(state: IncidentState, run: RunState): Headline {
  const failed = failedSteps(state, run);
  const [first, ...others] = failed;
  if (!first) return { now: '⏸️ *Paused.*', next: 'A commander decides: retry or abort.' };
  const fence = standingFence(state)
    ? '\n*Writes on the old primary are stopped*, and an abort leaves them so; it says how to allow them.'
    : '';
  if (decisionsOf(state).length > 1) {
    const named = titles(failed.map(({ step }) => step));
    const what = others.length > 0 ? `${failed.length} steps failed: ${named}` : `${named} failed`;
    const asked = questionsOf(state).length > 0 ? ' A person must check, too.' : '';
    return { now: `⏸️ *Paused: ${what}.*${asked}`, next: `*Decide on each*, or abort.${fence}` };
  }
  return {
    now: `⏸️ ${failureSentence(first.step, first.now)}`,
    next: `*A commander decides:* ${adviceFor(first.step, first.now)}${orAbort(first.step)}.${fence}`,
  };
}

/** One thing that people have to decide about the run, and its words where there are others beside it. */
export interface Decision {
  kind: 'failure' | 'question';
  step: PlannedStep;
  /** mrkdwn */
  about: string;
}

/** What people have to decide about the run now: failed steps first, then questions. */
export function decisionsOf(state: IncidentState): Decision[] {
  const { run } = state;
  if (run?.status !== 'running' && run?.status !== 'paused') return [];
  return [
    ...failedSteps(state, run).map(({ step, now }): Decision => {
      const reason = cut(now.errors.at(-1)?.message ?? '', LONGEST_ABOUT);
      const about = `❌ *${escapeText(cut(step.title, LONGEST_WORDS))} failed.* ${escapeText(reason)}`;
      return { kind: 'failure', step, about: `${about}\n*A commander:* ${adviceFor(step, now)}.` };
    }),
    ...questionsOf(state).map((step): Decision => {
      const question = escapeText(cut(questionOf(step), LONGEST_ABOUT));
      return { kind: 'question', step, about: `🙋 *A person must check:* ${question}` };
    }),
  ];
}

function failedSteps(state: IncidentState, run: RunState): { step: PlannedStep; now: StepState }[] {
  const steps = planOf(state, run.planId)?.plan.steps ?? [];
  return steps.flatMap((step) => {
    const now = run.steps[step.id];
    return now?.status === 'failed' ? [{ step, now }] : [];
  });
}

function titles(steps: PlannedStep[]): string {
  const named = steps.slice(0, NAMED).map(({ title }) => escapeText(title));
  const left = steps.length - NAMED;
  return `${named.join('; ')}${left > 0 ? `; and ${left} more` : ''}`;
}

function failureSentence(step: PlannedStep, now: StepState): string {
  const message = now.errors.at(-1)?.message ?? '';
  const reason = escapeText(message);
  if (step.uses === 'manual.confirm')
    return `*Paused: ${reason}* ${answeredNo(now) ? '' : escapeText(questionOf(step))}`.trim();
  if (step.expect !== undefined) return `*Paused before anything was changed:* ${reason}`;
  // Some sentences name the step by themselves.
  if (message.startsWith(`${step.title}: `)) return `*Paused.* ${reason}`;
  return `*Paused: ${escapeText(step.title)} failed.* ${reason}`;
}

/** What a commander can do about this failure besides an abort, the likeliest first. */
function adviceFor(step: PlannedStep, now: StepState): string {
  if (step.uses === 'manual.confirm') {
    return answeredNo(now)
      ? 'mend it and retry, which asks again; or skip, which leaves it as it is'
      : 'retry, which asks again; or skip, which leaves it unchecked';
  }
  if (step.expect !== undefined) return 'retry when it is mended';
  return 'retry when the cause is gone, or skip when it was done by hand';
}

/** Users can work when a person is asked: nobody is told to abort then. */
function orAbort({ uses }: PlannedStep): string {
  return uses === 'manual.confirm' ? '' : '; or abort';
}

function answeredNo(now: StepState): boolean {
  return now.errors.at(-1)?.code === 'manual.refused';
}

function ended(state: IncidentState, run: RunState): Headline {
  if (isRecovered(run)) {
    const left = run.exceptions.length > 0 ? 'See to what is listed below; when' : 'When';
    return { now: `🟢 *${outcomeText(state)}*`, next: `${left} the incident is over: \`/dr resolve\`.` };
  }
  const again = `\`/dr failover ${state.system}\` makes a new plan.`;
  if (leftAsItWas(state)) return { now: `🔴 *${outcomeText(state)}* Nothing was changed.`, next: again };
  if (!mayPlanAgain(state)) {
    return {
      now: `🔴 *${outcomeText(state)}* Users may still be cut off.`,
      next: 'Finish by hand from what is listed below: what cannot be taken back is done, so no new plan can be made.',
    };
  }
  const begun = planOf(state, run.planId)?.plan.steps.find(
    ({ id, effect }) => effect === 'irreversible' && (run.steps[id]?.attempts ?? 0) > 0,
  );
  const look = begun
    ? `*Look first whether this came through: ${escapeText(begun.title)}.* If it did, finish by hand`
    : '';
  const fence = standingFenceSentence(state);
  if (fence) {
    const next = [look && `${look}.`, fence, `Or go on: ${again}`].filter((line) => line !== '').join('\n');
    return { now: `🔴 *${outcomeText(state)}*`, next };
  }
  return {
    now: `🔴 *${outcomeText(state)}* Users may still be cut off.`,
    next: look ? `${look}; if not, ${again}` : `What was changed stands below. ${again}`,
  };
}
