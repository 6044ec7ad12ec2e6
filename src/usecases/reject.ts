import { assertMayDecide } from '../domain/approval.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Access } from '../domain/system.ts';
import { waitingTimerIds } from '../domain/timer-decision.ts';
import type { Decision } from '../engine/ports.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { incidentOf, requireIncident, requirePlan } from './find.ts';

/** Rejects a plan. Throws InvalidInput when this person may not, or when it was decided before. */
export async function reject(
  { journal, clock, access }: UseCaseDependencies,
  input: { planId: string; user: string },
): Promise<{ planId: string; withdrawn: boolean }> {
  const state = await requireIncident(journal, incidentOf(input.planId));
  await journal.decide(state.id, clock.now(), (now) => rejectPlan(access, now, input));
  return { planId: input.planId, withdrawn: requirePlan(state, input.planId).plan.requestedBy === input.user };
}

/** Pure. Saying no needs no second person: whoever asked for a plan may withdraw it. */
export function rejectPlan(
  access: Access,
  state: IncidentState,
  { planId, user }: { planId: string; user: string },
): Decision {
  const entry = requirePlan(state, planId);
  if (entry.status === 'rejected' && entry.decision?.by === user) return { events: [] };
  const own = entry.status === 'awaiting approval' && entry.plan.requestedBy === user;
  if (!own) assertMayDecide(access, entry, user, { verb: 'reject' });
  return { events: [{ type: 'plan.rejected', planId, by: user }], disarm: waitingTimerIds(entry) };
}
