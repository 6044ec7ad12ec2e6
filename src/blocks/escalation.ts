import type { IncidentState, TierState } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import { escapeText } from './escape.ts';
import { utc } from './time.ts';

/** Who was paged, and who is next and when. */
export function escalationLines(state: IncidentState): string[] {
  const paged = state.tiers.filter(({ reachedAt }) => reachedAt !== undefined).map(pagedLine);
  return ['*Escalation*', ...paged, nextLine(state)];
}

function pagedLine({ tier, contact, reachedAt, acceptedAt, failure }: TierState): string {
  const who = `tier ${tier}, ${escapeText(contact)}`;
  if (acceptedAt !== undefined)
    return `📟 paged ${who}, accepted by PagerDuty ${utc(acceptedAt)}, not confirmed by a person`;
  if (failure) return `❌ not paged yet: ${who}. ${escapeText(failure.message)} Call them.`;
  return `🔄 paging ${who} since ${utc(reachedAt ?? 0)}`;
}

function nextLine(state: IncidentState): string {
  if (state.status === 'resolved') return 'ended with the incident';
  if (isRecovered(state.run)) return 'held: the run has recovered';
  const next = state.tiers.find(({ reachedAt }) => reachedAt === undefined);
  if (!next) return 'every tier has been paged';
  if (next.dueAt <= state.at) return `paging now: tier ${next.tier}, ${escapeText(next.contact)}`;
  return `next: tier ${next.tier}, ${escapeText(next.contact)} at ${utc(next.dueAt)}`;
}
