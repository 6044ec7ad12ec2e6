import type { EventOf, JournalEntry } from '../domain/events.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { type PhaseProgress, phasesOf } from '../domain/phases.ts';
import type { Plan } from '../domain/plan.ts';
import { isReadOnly } from '../domain/read-only.ts';
import { escapeText } from './escape.ts';
import { foundLine } from './findings.ts';
import { notThese } from './headline.ts';
import { outcomeText } from './outcome.ts';
import { utc, utcMinute } from './time.ts';

/** What one journal entry means to the people who follow the thread; empty when it only moves the board. */
export function threadLines(before: IncidentState, after: IncidentState, { at, event }: JournalEntry): string[] {
  const time = utc(at);
  const own = ownLine(after, event);
  return [...(own ? [own] : []), ...phaseLines(before, after)].map((line) => `${time}  ${line}`);
}

function ownLine(state: IncidentState, event: JournalEntry['event']): string | undefined {
  switch (event.type) {
    case 'run.finished':
      return `🏁 ${outcomeText(state)}`;
    case 'page.accepted':
      return `📟 Tier ${event.tier} paged: ${contactOf(state, event.tier)}`;
    case 'page.failed':
      return `❌ Tier ${event.tier} not paged yet, call ${contactOf(state, event.tier)}: ${escapeText(event.error.message)}`;
    case 'incident.raised':
      return `🚨 ${escapeText(event.title)}: something is to be changed, so from now on people are paged`;
    case 'incident.resolved':
      return `🏁 Resolved by <@${event.by}>`;
    case 'users.seen':
      return usersLine(state, event.served);
    case 'start.held-back':
      return `❄️ Held back, not started: ${escapeText(event.trigger)}. ${whyHeldBack(event)}`;
    case 'cool-down.ended':
      return `❄️ <@${event.by}> ended the cool-down: starts by alarms are allowed again`;
    default:
      return planLine(state, event) ?? runLine(state, event) ?? watchLine(state, event);
  }
}

function whyHeldBack({ until }: EventOf<'start.held-back'>): string {
  return until === undefined
    ? 'While a run is under way nothing else starts by itself'
    : `After the run that ended nothing starts by itself until ${utcMinute(until)}`;
}

/** What was seen a few times in a row, and since when. */
function usersLine({ users, detectedAt }: IncidentState, served: boolean): string {
  const since = users?.since ?? detectedAt;
  if (!served) return `🔻 Users are cut off, seen since ${utc(since)}`;
  return since > detectedAt ? `🟢 Users are served again, seen since ${utc(since)}` : '🟢 Users are served';
}

function planLine(state: IncidentState, event: JournalEntry['event']): string | undefined {
  switch (event.type) {
    case 'plan.created': {
      const { id, verdict, undoOf } = event.plan;
      if (verdict === 'ready' && beganAtOnce(state, event.plan))
        return `🔎 Plan ${id} changes nothing, so it begins without an approval`;
      const what = undoOf === undefined ? `Plan ${id}` : `Plan ${id}, which undoes ${escapeText(undoOf)},`;
      return verdict === 'ready'
        ? `📋 ${what} is ready and waits for approval`
        : `⛔ Plan ${id} is refused: a guard failed`;
    }
    case 'plan.failed':
      return `❌ No plan could be made: ${escapeText(event.error.message)}`;
    case 'plan.approval-failed':
      return `❗ <@${event.by}> could not approve plan ${event.planId}: ${escapeText(event.error.message)}`;
    case 'plan.approved': {
      const entry = planOf(state, event.planId);
      // That it begins without one was said when it was made.
      if (entry && entry.plan.requestedBy === event.by && isReadOnly(entry.plan)) return undefined;
      const first = event.replaces === undefined ? '' : `: ${event.replaces} is aborted first`;
      return `✅ Plan ${event.planId} approved by <@${event.by}>${first}`;
    }
    case 'plan.guard-overridden': {
      const { planId, step, by, reason, measured, limit } = event;
      const entry = planOf(state, planId);
      const guard = entry?.plan.guards.find((one) => one.step === step)?.title ?? step;
      const then = entry?.status === 'awaiting approval' ? '. The plan waits for approval, by a second person' : '';
      return `✍️ <@${by}> overrode for plan ${planId}: ${escapeText(`${guard} (${measured}; needed ${limit}): ${reason}`)}${then}`;
    }
    case 'plan.reminded': {
      const entry = planOf(state, event.planId);
      const who = entry ? `, ${notThese(entry)}` : '';
      return `🔔 Plan ${event.planId} still waits: an approver or a commander of ${escapeText(state.system)} decides${who}`;
    }
    case 'plan.rejected':
      return `🚫 Plan ${event.planId} rejected by <@${event.by}>`;
    case 'plan.voided':
      return `♻️ Plan ${event.planId} is no longer valid: ${event.difference.map(escapeText).join('; ')}`;
    case 'plan.expired':
      return `⌛ Plan ${event.planId} expired: nobody decided in time`;
    default:
      return undefined;
  }
}

function runLine(state: IncidentState, event: JournalEntry['event']): string | undefined {
  const plan = planOf(state, state.run?.planId)?.plan;
  const title = (step: string) => escapeText(plan?.steps.find(({ id }) => id === step)?.title ?? step);
  const why = (reason: string | undefined) => (reason === undefined ? '' : `: ${escapeText(reason)}`);
  switch (event.type) {
    case 'step.succeeded':
      return (
        event.finding && foundLine(plan?.steps.find(({ id }) => id === event.step)?.title ?? event.step, event.finding)
      );
    case 'step.attempt-failed':
      return `🔁 ${title(event.step)} failed and is tried again at ${utc(event.retryAt)}: ${escapeText(event.error.message)}`;
    case 'step.failed': {
      const { differences } = event;
      const what = differences?.map(({ sentence }) => sentence).join(' ') ?? event.error.message;
      return `❌ ${title(event.step)} failed: ${differences ? 'the approval no longer covers it: ' : ''}${escapeText(what)}`;
    }
    case 'step.left-out':
      return event.reason === undefined ? undefined : `➖ Left out: ${title(event.step)} (${escapeText(event.reason)})`;
    case 'step.retry-requested':
      return `🔁 <@${event.by}> retries: ${title(event.step)}`;
    case 'step.skipped':
      return `⏭️ <@${event.by}> skipped: ${title(event.step)} (${escapeText(event.reason)})`;
    case 'step.answered':
      return `🙋 <@${event.by}> answered ${answerWords(event)}: ${title(event.step)}`;
    case 'step.override-requested': {
      const accepts = event.accepts.map(({ sentence }) => escapeText(sentence)).join(' ');
      return `✍️ <@${event.by}> asks to override: ${title(event.step)} (${escapeText(event.reason)}). Accepted would be: ${accepts} A second person has to sign it`;
    }
    case 'step.overridden':
      return `✍️ <@${event.by}> signed the override, and it is tried again: ${title(event.step)}`;
    case 'run.pause-requested':
      return `✋ <@${event.by}> holds the run${why(event.reason)}`;
    case 'run.resumed':
      return `▶️ <@${event.by}> resumed the run`;
    case 'run.mode-changed':
      return `⚡ <@${event.by}> made it an emergency${why(event.reason)}`;
    case 'run.abort-window-opened':
      return `⏳ ${title(event.step)} begins at ${utc(event.until)} and cannot be taken back; until then an abort stops it`;
    case 'run.abort-requested':
      return `🛑 <@${event.by}> aborts the run${why(event.reason)}`;
    default:
      return undefined;
  }
}

function answerWords({ confirmed, value }: EventOf<'step.answered'>): string {
  if (!confirmed) return 'no';
  return value === undefined ? 'yes' : `“${escapeText(value)}”`;
}

/** A plan that changes nothing waits for nobody, unless it takes the place of a run. */
function beganAtOnce({ run }: IncidentState, plan: Plan): boolean {
  return isReadOnly(plan) && (run === undefined || run.status === 'finished' || run.planId === plan.id);
}

function watchLine({ watches }: IncidentState, event: JournalEntry['event']): string | undefined {
  if (!('watch' in event)) return undefined;
  const watch = watches.find(({ id }) => id === event.watch);
  const subject = escapeText(watch?.subject ?? event.watch);
  const what = `${subject}${watch ? `, ${watch.kind}` : ''}`;
  switch (event.type) {
    case 'watch.started':
      return `👁️ Watched from now on: ${what}`;
    case 'watch.acted':
      return `🚨 ${escapeText(event.sentence)}`;
    case 'watch.failed':
      return watch?.kind === 'unfenced'
        ? `🚨 ${subject} is back and could not be fenced: ${escapeText(event.error.message)}`
        : `🚨 The watch of ${subject} fails: ${escapeText(event.error.message)}`;
    case 'watch.cleared':
      return `✅ Not watched any more: ${what}. ${escapeText(event.sentence)}`;
    case 'watch.released':
      return `☑️ <@${event.by}> released the watch: ${what} (${escapeText(event.reason)})`;
    // Whoever was paged knows it, and the board says when.
    case 'watch.paged':
      return undefined;
  }
}

function phaseLines(before: IncidentState, after: IncidentState): string[] {
  const plan = planOf(after, after.run?.planId)?.plan;
  if (!plan || !after.run) return [];
  const old = before.run?.id === after.run.id ? phasesOf(plan, before.run) : [];
  return phasesOf(plan, after.run).flatMap((phase, index) => {
    const was = old[index]?.status;
    // A phase that stopped and goes on did not begin again.
    if (was === phase.status || (was === 'failed' && phase.status === 'running')) return [];
    const line = phaseLine(phase);
    return line ? [line] : [];
  });
}

function phaseLine({ status, title, targetSeconds, startedAt, endedAt }: PhaseProgress): string | undefined {
  const name = `*${escapeText(title)}*`;
  if (status === 'running') return `▶️ ${name} began (target ${formatSeconds(targetSeconds)})`;
  if (status !== 'done' || startedAt === undefined || endedAt === undefined) return undefined;
  return `✅ ${name} done in ${formatSeconds((endedAt - startedAt) / 1000)} (target ${formatSeconds(targetSeconds)})`;
}

function contactOf(state: IncidentState, tier: number): string {
  return escapeText(state.tiers.find((entry) => entry.tier === tier)?.contact ?? `tier ${tier}`);
}
