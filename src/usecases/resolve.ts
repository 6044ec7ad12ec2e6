import { InvalidInput } from '../domain/errors.ts';
import { tierTimerId } from '../domain/escalation.ts';
import type { IncidentEvent } from '../domain/events.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { hasRecovered } from '../domain/recovery.ts';
import type { Access } from '../domain/system.ts';
import { waitingTimerIds } from '../domain/timer-decision.ts';
import type { Decision } from '../engine/ports.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { activeRun, chooseIncident, requireRole } from './find.ts';

export interface ResolveInput {
  user: string;
  /** The only open incident when absent. */
  incident?: string;
}

export interface Resolved {
  incident: string;
  /** Whether anything was run at all. */
  ran: boolean;
  recovered: boolean;
  exceptions: string[];
}

/** Ends an incident and its escalation. Throws InvalidInput while a run is under way. */
export async function resolve({ journal, clock, access }: UseCaseDependencies, input: ResolveInput): Promise<Resolved> {
  const found = await chooseIncident(journal, input.incident, () => true, 'No incident is open.');
  const { state } = await journal.decide(found.id, clock.now(), (now) => resolveIncident(access, now, input.user));
  const { id, run } = state;
  return { incident: id, ran: run !== undefined, recovered: hasRecovered(state), exceptions: run?.exceptions ?? [] };
}

/** Pure. Commanders may, and whoever declared it. Plans that still await approval end with it. */
export function resolveIncident(access: Access, state: IncidentState, user: string): Decision {
  if (state.status === 'resolved') {
    if (state.resolvedBy === user) return { events: [] };
    throw new InvalidInput('resolve.late', `<@${state.resolvedBy ?? ''}> already resolved ${state.id}.`);
  }
  if (state.declaredBy !== user) requireRole(access, state.system, ['command'], user, `resolve ${state.id}`);
  const run = activeRun(state);
  if (run) {
    throw new InvalidInput(
      'resolve.run-active',
      `${run.id} is still ${run.status}. Let it end, or stop it with \`/dr abort ${state.id}\`, then resolve ${state.id}.`,
    );
  }
  const waiting = state.plans.filter(({ status }) => status === 'awaiting approval');
  return {
    events: [
      ...waiting.map(
        ({ plan }): IncidentEvent => ({
          type: 'plan.voided',
          planId: plan.id,
          difference: [`<@${user}> resolved the incident.`],
        }),
      ),
      { type: 'incident.resolved', by: user },
    ],
    disarm: [...state.tiers.map(({ tier }) => tierTimerId(state.id, tier)), ...waiting.flatMap(waitingTimerIds)],
  };
}
