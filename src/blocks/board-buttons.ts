import { abortWarnings } from '../domain/abort.ts';
import type { AskedFor } from '../domain/events.ts';
import type { IncidentState, RunState } from '../domain/incident-state.ts';
import { planFailureNow } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { mayPlanAgain } from '../domain/plan-again.ts';
import { quoteWord } from '../usecases/arguments.ts';
import { escapeText } from './escape.ts';
import { type Decision, decisionsOf } from './headline.ts';
import type { Button } from './message.ts';

/** Failed steps and questions with buttons; whoever has decided on these sees the others. */
const OFFERED = 5;

/** Buttons of one thing to decide. */
export interface Choice {
  /** What it is, where there are several; mrkdwn. */
  about?: string;
  buttons: Button[];
}

/** What people are asked to decide, the likeliest first, and the way out of a run that goes on by itself. */
export function boardButtons(state: IncidentState): { decide: Choice[]; abort: Button[] } {
  const { run } = state;
  if (!run || run.status === 'finished' || run.status === 'aborting') {
    const list = decisions(state);
    return { decide: list.length > 0 ? [{ buttons: list }] : [], abort: [] };
  }
  const stop = abort(state, run);
  const [only, ...others] = decisionsOf(state);
  if (!only) return { decide: [], abort: [stop] };
  const isPaused = run.status === 'paused';
  if (others.length === 0) {
    const list = choices(run, only, true);
    return isPaused
      ? { decide: [{ buttons: [...list, stop] }], abort: [] }
      : { decide: [{ buttons: list }], abort: [stop] };
  }
  const each = [only, ...others]
    .slice(0, OFFERED)
    .map((decision): Choice => ({ about: decision.about, buttons: choices(run, decision, false) }));
  return isPaused ? { decide: [...each, { buttons: [stop] }], abort: [] } : { decide: each, abort: [stop] };
}

function decisions(state: IncidentState): Button[] {
  const { run } = state;
  if (state.status === 'resolved' || run?.status === 'aborting') return [];
  const newest = state.plans.at(-1);
  if (planFailureNow(state)) return [...planAgain(state), resolve(state)];
  if (run && newest?.plan.id === run.planId) {
    if (isRecovered(run)) return [resolve(state)];
    return [...(mayPlanAgain(state) ? planAgain(state) : []), resolve(state)];
  }
  const waits = !newest || newest.status === 'awaiting approval' || newest.status === 'approved';
  return waits ? [] : [...planAgain(state), resolve(state)];
}

/** One button at most stands out on a board: that of the only thing to decide. */
function choices(run: RunState, { kind, step }: Decision, isOnly: boolean): Button[] {
  const args = `${run.id} ${step.id}`;
  const which = isOnly ? '' : ` ${step.id}`;
  const first: Pick<Button, 'style'> = isOnly ? { style: 'primary' } : {};
  if (kind === 'question') {
    return [
      { verb: 'confirm', args, label: isOnly ? 'Yes, it works' : `Yes: ${step.id}`, ...first },
      { verb: 'decline', args, label: isOnly ? 'No, it does not' : `No: ${step.id}` },
    ];
  }
  const retry: Button = { verb: 'retry', args, label: `Retry${which}`, ...first };
  // What a guard protects would be in danger: it is never skipped.
  return step.expect === undefined ? [retry, { verb: 'skip', args, label: `Skip${which}…` }] : [retry];
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
