import type { IncidentState, TierState } from '../domain/incident-state.ts';
import { hasRecovered } from '../domain/recovery.ts';
import { escapeText } from './escape.ts';
import { utcMinute } from './time.ts';

/** Who was paged, and who is next and when; nothing once nobody can be paged any more. mrkdwn. */
export function escalationLines(state: IncidentState): string[] {
  if (state.status === 'resolved') return [];
  if (state.quiet) return ['📟 Nobody is paged: this only looks'];
  if (state.tiers.length === 0) return [];
  const reached = state.tiers.filter((tier) => tier.reachedAt !== undefined && !isUnreached(tier));
  const accepted = reached.filter(({ acceptedAt }) => acceptedAt !== undefined);
  const pending = reached.filter(({ acceptedAt }) => acceptedAt === undefined);
  return [
    ...(accepted.length > 0 ? [`📟 Paged, not confirmed: ${accepted.map(pagedWhen).join('; ')}`] : []),
    ...(pending.length > 0 ? [`📟 Paging: ${pending.map(whoIs).join('; ')}`] : []),
    nextLine(state),
  ];
}

/** Whom somebody has to call, because the page did not get through; empty once users can work again. mrkdwn. */
export function callLines(state: IncidentState): string[] {
  if (state.status === 'resolved' || hasRecovered(state)) return [];
  return state.tiers.filter(isUnreached).map((tier) => {
    return `📞 *Call ${whoIs(tier)}:* the page did not get through. ${escapeText(tier.failure?.message ?? '')}`;
  });
}

function isUnreached({ acceptedAt, failure }: TierState): boolean {
  return acceptedAt === undefined && failure !== undefined;
}

function pagedWhen(tier: TierState): string {
  return `${whoIs(tier)} (${utcMinute(tier.acceptedAt ?? 0)})`;
}

function whoIs({ tier, contact }: TierState): string {
  return `tier ${tier}, ${escapeText(contact)}`;
}

function nextLine(state: IncidentState): string {
  if (hasRecovered(state)) return '📟 Nobody else is paged: users can work again';
  const next = state.tiers.find(({ reachedAt }) => reachedAt === undefined);
  if (!next) return '📟 Every tier has been paged';
  return next.dueAt <= state.at ? `📟 Paging now: ${whoIs(next)}` : `📟 Next ${utcMinute(next.dueAt)}: ${whoIs(next)}`;
}
