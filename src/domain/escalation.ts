import type { JsonObject } from './action.ts';
import type { IncidentEvent } from './events.ts';
import type { IncidentState } from './incident-state.ts';
import { hasRecovered } from './recovery.ts';

/** World milliseconds for which a plan may wait for its approval; what it saw is then too old to be signed for. */
export const APPROVAL_VALID = 60 * 60 * 1000;

interface DueTimer {
  data: JsonObject;
}

/** The timer of one tier: due when that many minutes have passed since detection. */
export function tierTimer(incident: string, tier: { tier: number; dueAt: number }) {
  return { id: tierTimerId(incident, tier.tier), kind: 'tier' as const, dueAt: tier.dueAt, data: { tier: tier.tier } };
}

/** The id of that timer. */
export function tierTimerId(incident: string, tier: number): string {
  return `${incident}/tier/${tier}`;
}

/** The timer that lets an undecided plan expire. `createdAt` in world milliseconds. */
export function expiryTimer(planId: string, createdAt: number) {
  return {
    id: expiryTimerId(planId),
    kind: 'approval-expiry' as const,
    dueAt: createdAt + APPROVAL_VALID,
    data: { planId },
  };
}

/** The id of that timer. */
export function expiryTimerId(planId: string): string {
  return `${planId}/expiry`;
}

/**
 * A tier is reached once, while the incident is open and its run has not recovered the system: a recovered run
 * holds escalation by itself.
 */
export function tierDecision(timer: DueTimer, state: IncidentState): { events: IncidentEvent[] } {
  const tier = state.tiers.find((entry) => entry.tier === timer.data.tier);
  if (!tier || tier.reachedAt !== undefined || state.status === 'resolved' || hasRecovered(state)) {
    return { events: [] };
  }
  return { events: [{ type: 'escalation.reached', tier: tier.tier, action: tier.action, contact: tier.contact }] };
}

/** A plan that nobody decided on in time cannot be approved any more. */
export function expiryDecision(timer: DueTimer, state: IncidentState): { events: IncidentEvent[] } {
  const entry = state.plans.find(({ plan }) => plan.id === timer.data.planId);
  if (entry?.status !== 'awaiting approval' || state.status === 'resolved') return { events: [] };
  return { events: [{ type: 'plan.expired', planId: entry.plan.id }] };
}
