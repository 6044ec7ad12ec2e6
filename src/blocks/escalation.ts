import type { IncidentState, TierState } from '../domain/incident-state.ts';
import { isRecovered } from '../domain/outcome.ts';
import { escapeText } from './escape.ts';
import { utc } from './time.ts';

/** Who was paged, and who is next and when; nothing once nobody can be paged any more. mrkdwn. */
export function escalationLines(state: IncidentState): string[] {
  if (state.status === 'resolved') return [];
  const reached = state.tiers.filter((tier) => tier.reachedAt !== undefined && !isUnreached(tier));
  return [...reached.map(pagedLine), nextLine(state)];
}

/** Whom somebody has to call, because the page did not get through; empty once users can work again. mrkdwn. */
export function callLines(state: IncidentState): string[] {
  if (state.status === 'resolved' || isRecovered(state.run)) return [];
  return state.tiers.filter(isUnreached).map((tier) => {
    return `📞 *Call ${whoIs(tier)}:* the page did not get through. ${escapeText(tier.failure?.message ?? '')}`;
  });
}

function isUnreached({ acceptedAt, failure }: TierState): boolean {
  return acceptedAt === undefined && failure !== undefined;
}

function pagedLine(tier: TierState): string {
  const { reachedAt, acceptedAt } = tier;
  return acceptedAt === undefined
    ? `🔄 Paging ${whoIs(tier)}, since ${utc(reachedAt ?? 0)}`
    : `📟 Paged ${whoIs(tier)}, at ${utc(acceptedAt)}; no person has confirmed it`;
}

function whoIs({ tier, contact }: TierState): string {
  return `tier ${tier}, ${escapeText(contact)}`;
}

function nextLine(state: IncidentState): string {
  if (isRecovered(state.run)) return '📟 Nobody else is paged: users can work again';
  const next = state.tiers.find(({ reachedAt }) => reachedAt === undefined);
  if (!next) return '📟 Every tier has been paged';
  return next.dueAt <= state.at
    ? `📟 Paging now: ${whoIs(next)}`
    : `📟 Paged next: ${whoIs(next)}, at ${utc(next.dueAt)}`;
}
