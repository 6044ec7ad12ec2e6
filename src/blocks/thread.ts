import type { JournalEntry } from '../domain/events.ts';
import { formatSeconds } from '../domain/format-seconds.ts';
import { type IncidentState, planOf } from '../domain/incident-state.ts';
import { type PhaseProgress, phasesOf } from '../domain/phases.ts';
import { escapeText } from './escape.ts';
import { outcomeText } from './outcome.ts';
import { utc } from './time.ts';

/** What one journal entry means to the people who follow the thread; empty when it only moves the board. */
export function threadLines(before: IncidentState, after: IncidentState, { at, event }: JournalEntry): string[] {
  const time = utc(at);
  const own = ownLine(after, event);
  return [...(own ? [own] : []), ...phaseLines(before, after)].map((line) => `${time}  ${line}`);
}

function ownLine(state: IncidentState, event: JournalEntry['event']): string | undefined {
  const title = (step: string) => {
    const plan = planOf(state, state.run?.planId)?.plan;
    return escapeText(plan?.steps.find(({ id }) => id === step)?.title ?? step);
  };
  switch (event.type) {
    case 'plan.created':
      return event.plan.verdict === 'ready'
        ? `📋 Plan ${event.plan.id} is ready and waits for approval`
        : `⛔ Plan ${event.plan.id} is refused: a guard failed`;
    case 'plan.failed':
      return `❌ No plan could be made: ${escapeText(event.error.message)}`;
    case 'plan.approval-failed':
      return `❗ <@${event.by}> could not approve plan ${event.planId}: ${escapeText(event.error.message)}`;
    case 'plan.approved':
      return `✅ Plan ${event.planId} approved by <@${event.by}>`;
    case 'plan.rejected':
      return `🚫 Plan ${event.planId} rejected by <@${event.by}>`;
    case 'plan.voided':
      return `♻️ Plan ${event.planId} is no longer valid: ${event.difference.map(escapeText).join('; ')}`;
    case 'plan.expired':
      return `⌛ Plan ${event.planId} expired: nobody decided in time`;
    case 'step.failed':
      return `❌ ${title(event.step)} failed: ${escapeText(event.error.message)}`;
    case 'step.retry-requested':
      return `🔁 <@${event.by}> retries: ${title(event.step)}`;
    case 'step.skipped':
      return `⏭️ <@${event.by}> skipped: ${title(event.step)} (${escapeText(event.reason)})`;
    case 'step.answered':
      return `🙋 <@${event.by}> answered ${event.confirmed ? 'yes' : 'no'}: ${title(event.step)}`;
    case 'run.abort-requested':
      return `🛑 <@${event.by}> aborts the run${event.reason ? `: ${escapeText(event.reason)}` : ''}`;
    case 'run.finished':
      return `🏁 ${outcomeText(state)}`;
    case 'page.accepted':
      return `📟 Tier ${event.tier} paged: ${contactOf(state, event.tier)}`;
    case 'page.failed':
      return `❌ Tier ${event.tier} not paged yet, call ${contactOf(state, event.tier)}: ${escapeText(event.error.message)}`;
    case 'incident.resolved':
      return `🏁 Resolved by <@${event.by}>`;
    default:
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
