import { approvalUnderWay, nameOf } from '../domain/approval.ts';
import { findingsOf, proposedStart } from '../domain/findings.ts';
import type { IncidentState, PlanState, RunState } from '../domain/incident-state.ts';
import { planFailureNow, planOf } from '../domain/incident-state.ts';
import { ALLOW_WRITES } from '../domain/nobody-writes.ts';
import { isRecovered } from '../domain/outcome.ts';
import { hasDoneIrreversible } from '../domain/plan-again.ts';
import { finishFailover, SEEN_PROMOTED } from '../domain/promoted.ts';
import { hasRecovered, isUndo } from '../domain/recovery.ts';
import { askAgain } from '../domain/start-line.ts';
import { mayHaveActed, undoable } from '../domain/undo.ts';
import { againSentence, mayAllowWrites } from './again.ts';
import { escapeText } from './escape.ts';
import { outcomeText, standingFenceWords } from './outcome.ts';
import { failedVerdicts } from './overrides.ts';
import { leftAsItWas } from './run-changes.ts';
import type { ProgressLines } from './steps.ts';
import { utc } from './time.ts';
import { underWay } from './under-way.ts';
import { usersWords, withUsers } from './users.ts';

/** What is going on, and the one thing to do now; mrkdwn, a sentence or two each. */
export interface Headline {
  now: string;
  /** Absent when there is nothing to be said. */
  next?: string;
}

/** `now` in world time (epoch milliseconds); `progress` holds the last words of running steps. */
export function headlineOf(state: IncidentState, progress: ProgressLines, now: number): Headline {
  if (state.status === 'resolved') return resolved(state);
  const newest = state.plans.at(-1);
  const { run } = state;
  if (run && run.status !== 'finished') {
    const headline = underWay(state, run, progress, now);
    return run.status === 'paused' ? { ...headline, now: withUsers(state, headline.now) } : headline;
  }
  // What came to nothing after a recovery does not take the recovery off the board.
  if (run && hasRecovered(state) && !isPending(newest, run)) return recoveredStill(state, run, newest);
  // A plan that was made after the last run has ended is what people decide on now.
  // That an undo saw the replica promoted is part of how the run stands.
  const failure = planFailureNow(state);
  if (newest && (!failure || failure.error.code === SEEN_PROMOTED))
    return run?.planId === newest.plan.id ? ended(state, run) : planned(state, newest, now);
  return unplanned(state);
}

function isPending(newest: PlanState | undefined, run: RunState): boolean {
  return newest?.status === 'awaiting approval' || (newest?.status === 'approved' && newest.plan.id !== run.planId);
}

/** The recovery, and in a sentence what became of a plan that was asked for since. */
function recoveredStill(state: IncidentState, run: RunState, newest: PlanState | undefined): Headline {
  const { now, next = '' } = ended(state, run);
  const failure = planFailureNow(state);
  if (failure) return { now, next: `${next} No other plan could be made: ${escapeText(failure.error.message)}` };
  if (!newest || newest.plan.id === run.planId) return { now, next };
  const became = newest.status === 'refused' ? 'cannot be approved, see its own message' : `is ${newest.status}`;
  return { now, next: `${next} Plan ${newest.plan.id}, asked for since, ${became}.` };
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
    next: `Mend that, then ask again: \`${escapeText(askAgain(state.system, planFailure.asked))}\`.`,
  };
}

function planned(state: IncidentState, entry: PlanState, now: number): Headline {
  const { plan, status, decision } = entry;
  const name = plan.undoOf === undefined ? `Plan ${plan.id}` : `Plan ${plan.id}, which undoes ${plan.undoOf},`;
  const again = againSentence(state, plan);
  switch (status) {
    case 'awaiting approval': {
      const approval = approvalUnderWay(entry, now);
      if (approval) {
        return {
          now: `⏳ *<@${approval.by}> is approving plan ${plan.id}.* It is compared with the live state first.`,
        };
      }
      return {
        now: `⏸️ *${name} waits for approval.* ${untouched(state)}`,
        next: `A second person decides in the plan's own message: ${notThese(entry)}.`,
      };
    }
    case 'refused':
      return refused(state, entry, again);
    case 'approved':
      return { now: `✅ *<@${decision?.by}> approved plan ${plan.id}*; the run starts.` };
    case 'rejected':
      return { now: `🚫 *<@${decision?.by}> rejected plan ${plan.id}.* ${untouched(state)}`, next: again };
    case 'expired':
      return { now: `⌛ *${name} expired*: nobody decided in time. ${untouched(state)}`, next: again };
    case 'voided':
      return { now: `♻️ *${name} is no longer valid.* ${untouched(state)}`, next: again };
  }
}

function refused(state: IncidentState, entry: PlanState, again: string): Headline {
  const failed = failedVerdicts(entry).map(({ title }) => escapeText(title));
  return {
    now: `⛔ *Plan ${entry.plan.id} cannot be approved.* It does not hold: ${failed.join('; ') || 'a guard'}. ${untouched(state)}`,
    next: `What to do stands in the plan's own message; once it holds, ${again}`,
  };
}

/** Who may not approve a plan, because the approval is the second name; mrkdwn. */
export function notThese({ plan, overrides = [] }: PlanState): string {
  const passed = [...new Set(overrides.map(({ by }) => by))];
  return [
    `not ${escapeText(nameOf(plan.requestedBy))}, who asked for it`,
    ...(passed.length > 0 ? [`nor ${passed.map((by) => `<@${by}>`).join(' or ')}, who overrode a guard`] : []),
  ].join(', ');
}

function ended(state: IncidentState, run: RunState): Headline {
  if (isUndo(state)) return endedUndo(state);
  if (isRecovered(run)) {
    const left = run.exceptions.length > 0 ? 'See to what is listed below; when' : 'When';
    return { now: `🟢 *${outcomeText(state)}*`, next: `${left} the incident is over: \`/dr resolve\`.` };
  }
  if (run.outcome === 'finished') return looked(state);
  const again = againSentence(state);
  if (leftAsItWas(state))
    return { now: `🔴 *${outcomeText(state)}* Nothing was changed. ${usersWords(state)}`, next: again };
  if (hasDoneIrreversible(state)) {
    return {
      now: `🔴 *${outcomeText(state)}* ${usersWords(state)}`,
      next: `*What cannot be taken back is done.* ${again} It goes on from there; a commander may have to override a guard that looks for what was there before.`,
    };
  }
  const onward = finishFailover(state);
  if (onward !== undefined) return goesOn(state, onward);
  const begun = planOf(state, run.planId)?.plan.steps.find(({ id, effect }) => {
    const step = run.steps[id];
    return effect === 'irreversible' && step !== undefined && mayHaveActed(step);
  });
  const look = begun
    ? `*Look first whether this came through: ${escapeText(begun.title)}.* If it did, a new plan goes on from there, and a commander overrides its first guard`
    : '';
  const fence = standingFenceWords(state);
  if (fence && mayAllowWrites(state)) {
    const first = `*First press “${ALLOW_WRITES}”*: it makes a plan that a second person approves. ${fence.byHand}`;
    const next = [first, look && `${look}.`, `Or go on: ${again}`].filter((line) => line !== '').join('\n');
    return { now: withUsers(state, `🔴 *${outcomeText(state)}* ${fence.stands}`), next };
  }
  if (fence) {
    const next = [look && `${look}.`, fence.byHand, `Or go on: ${again}`].filter((line) => line !== '').join('\n');
    return { now: withUsers(state, `🔴 *${outcomeText(state)}* ${fence.stands}`), next };
  }
  return {
    now: `🔴 *${outcomeText(state)}* ${usersWords(state)}`,
    next: look ? `${look}. ${again}` : `What was changed stands below. ${again}`,
  };
}

/** It only looked: what it found is what matters, and what would mend that is asked for as a plan of its own. */
function looked(state: IncidentState): Headline {
  const proposed = findingsOf(state).some((found) => proposedStart(found));
  const first = proposed ? 'What is proposed makes a plan that people approve; or, when' : 'When';
  return { now: `🔎 *${outcomeText(state)}*`, next: `${first} nothing is left to do: \`/dr resolve ${state.id}\`.` };
}

/** The replica is known to be a primary: the only way is on. */
function goesOn(state: IncidentState, onward: string): Headline {
  return {
    now: `🔴 *${outcomeText(state)}* ${usersWords(state)}`,
    next: `*${escapeText(onward)}* A commander may have to override a guard that looks for what was there before.`,
  };
}

/** An undo that came through has recovered nothing: things are as before the run that it undid. */
function endedUndo(state: IncidentState): Headline {
  const onward = finishFailover(state);
  if (onward !== undefined) return goesOn(state, onward);
  const left = undoable(state).undo.length;
  if (left === 0) {
    return {
      now: `↩️ *${outcomeText(state)}* ${usersWords(state)}`,
      next: `${againSentence(state)} When the incident is over: \`/dr resolve\`.`,
    };
  }
  return {
    now: `🔴 *${outcomeText(state)}* ${left === 1 ? '1 change is' : `${left} changes are`} not taken back. ${usersWords(state)}`,
    next: `\`/dr undo ${state.id}\` makes a plan for the rest, which is listed below.`,
  };
}
