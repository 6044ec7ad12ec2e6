import { abortWarnings } from '../domain/abort.ts';
import type { IncidentState, RunState } from '../domain/incident-state.ts';
import { planOf } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import { questionsOf } from '../domain/questions.ts';
import { quoteWord } from '../usecases/arguments.ts';
import { escapeText } from './escape.ts';
import { mayPlanAgain } from './headline.ts';
import type { Button } from './message.ts';

/** Slack takes 25 buttons in a row; three a failed step, and the last ones are kept for what ends it all. */
const STEPS_OFFERED = 8;

/** What can be done from the board now, the likeliest first. */
export function boardButtons(state: IncidentState): Button[] {
  if (state.status === 'resolved') return [];
  const { run } = state;
  const newest = state.plans.at(-1);
  if (run && run.status !== 'finished') return runButtons(state, run);
  if (run && newest?.plan.id === run.planId) {
    if (isRecovered(run)) return [resolve(state)];
    return [...(mayPlanAgain(state) ? planAgain(state) : []), resolve(state)];
  }
  const waits = newest ? newest.status === 'awaiting approval' || newest.status === 'approved' : !state.planFailure;
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
    list.push({ verb: 'retry', args, label: `Retry${which(id, failed)}`, style: 'primary' });
    // What a guard protects would be in danger: it is never skipped.
    if (expect === undefined) list.push({ verb: 'skip', args, label: `Skip${which(id, failed)}…` });
  }
  for (const { id } of questions) {
    const args = `${run.id} ${id}`;
    list.push({ verb: 'confirm', args, label: `Yes, it works${which(id, questions)}`, style: 'primary' });
    list.push({ verb: 'decline', args, label: `No, it does not${which(id, questions)}` });
  }
  if (run.status !== 'aborting') list.push(abort(state, run));
  return list;
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

/** Another plan as the last one was asked for; before there was one, nobody knows whether it was planned or not. */
function planAgain({ plans, system }: IncidentState): Button[] {
  const last = plans.at(-1)?.plan;
  if (!last) return [];
  const to = typeof last.params.to === 'string' ? ` --to ${last.params.to}` : '';
  const reason = last.reason === undefined ? '' : ` --reason ${quoteWord(last.reason)}`;
  return [{ verb: 'failover', args: `${system} --mode ${last.mode}${to}${reason}`, label: 'Make a new plan' }];
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
