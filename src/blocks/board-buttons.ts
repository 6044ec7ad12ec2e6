import { abortWarnings } from '../domain/abort.ts';
import type { AskedFor } from '../domain/events.ts';
import type { IncidentState, RunState } from '../domain/incident-state.ts';
import { planFailureNow, planOf } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { questionsOf } from '../domain/questions.ts';
import { quoteWord } from '../usecases/arguments.ts';
import { escapeText } from './escape.ts';
import { mayPlanAgain } from './headline.ts';
import type { Button } from './message.ts';

/** Slack takes 25 buttons in a row; three a failed step, and the last ones are kept for what ends it all. */
const STEPS_OFFERED = 8;

/** What people are asked to decide, the likeliest first, and the way out of a run that goes on by itself. */
export function boardButtons(state: IncidentState): { decide: Button[]; abort: Button[] } {
  const { run } = state;
  if (!run || run.status === 'finished' || run.status === 'aborting') return { decide: decisions(state), abort: [] };
  const stop = abort(state, run);
  return run.status === 'paused'
    ? { decide: [...decisions(state), stop], abort: [] }
    : { decide: decisions(state), abort: [stop] };
}

function decisions(state: IncidentState): Button[] {
  if (state.status === 'resolved') return [];
  const { run } = state;
  const newest = state.plans.at(-1);
  if (run && run.status !== 'finished') return runButtons(state, run);
  if (planFailureNow(state)) return [...planAgain(state), resolve(state)];
  if (run && newest?.plan.id === run.planId) {
    if (isRecovered(run)) return [resolve(state)];
    return [...(mayPlanAgain(state) ? planAgain(state) : []), resolve(state)];
  }
  const waits = !newest || newest.status === 'awaiting approval' || newest.status === 'approved';
  return waits ? [] : [...planAgain(state), resolve(state)];
}

function runButtons(state: IncidentState, run: RunState): Button[] {
  const plan = planOf(state, run.planId)?.plan;
  const failed = (plan?.steps ?? []).filter(({ id }) => run.steps[id]?.status === 'failed').slice(0, STEPS_OFFERED);
  const questions = questionsOf(state).slice(0, STEPS_OFFERED);
  const which = (id: string, among: unknown[]) => (among.length > 1 ? ` ${id}` : '');
  const list: Button[] = [];
  for (const { id, expect } of failed) {
    const args = `${run.id} ${id}`;
    list.push({ verb: 'retry', args, label: `Retry${which(id, failed)}`, ...primaryOf(failed) });
    // What a guard protects would be in danger: it is never skipped.
    if (expect === undefined) list.push({ verb: 'skip', args, label: `Skip${which(id, failed)}…` });
  }
  for (const { id } of questions) {
    const args = `${run.id} ${id}`;
    list.push({ verb: 'confirm', args, label: `Yes, it works${which(id, questions)}`, ...primaryOf(questions) });
    list.push({ verb: 'decline', args, label: `No, it does not${which(id, questions)}` });
  }
  return list;
}

/** One button at most stands out. */
function primaryOf(among: unknown[]): Pick<Button, 'style'> {
  return among.length === 1 ? { style: 'primary' } : {};
}

function abort(state: IncidentState, run: RunState): Button {
  return {
    verb: 'abort',
    args: `${state.id} --yes`,
    label: 'Abort',
    style: 'danger',
    confirm: {
      title: `Abort ${run.id}?`,
      text: abortWarnings(state).map(escapeText).join(' '),
      yes: 'Abort',
      no: 'Go on',
    },
  };
}

/** Another plan as the last one was asked for. */
function planAgain(state: IncidentState): Button[] {
  const asked = planFailureNow(state)?.asked ?? askedFor(state.plans.at(-1)?.plan);
  if (!asked) return [];
  const to = asked.to === undefined ? '' : ` --to ${asked.to}`;
  const reason = asked.reason === undefined ? '' : ` --reason ${quoteWord(asked.reason)}`;
  return [{ verb: 'failover', args: `${state.system} --mode ${asked.mode}${to}${reason}`, label: 'Make a new plan' }];
}

function askedFor(plan: Plan | undefined): AskedFor | undefined {
  if (!plan) return undefined;
  const { mode, params, reason } = plan;
  return {
    mode,
    ...(typeof params.to === 'string' ? { to: params.to } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

function resolve({ id }: IncidentState): Button {
  return {
    verb: 'resolve',
    args: id,
    label: 'Resolve',
    confirm: {
      title: `Resolve ${id}?`,
      text: 'The incident ends and nobody else is paged.',
      yes: 'Resolve',
      no: 'Keep it open',
    },
  };
}
