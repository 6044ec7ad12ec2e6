import type { Clock } from '../domain/clock.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { Decision, Journal } from '../engine/ports.ts';
import type { HealthSample } from './health.ts';

/** Looks that have to agree before an incident is told: one answer in between says nothing of how users fare. */
const LOOKS = 3;

/** What the looks at a system's health tell its incident; nothing when it says so already or is resolved. Pure. */
export function usersDecision(
  { status, users }: Pick<IncidentState, 'status' | 'users'>,
  { healthy, since, looks }: HealthSample,
): Decision {
  const isNews = status === 'open' && looks >= LOOKS && users?.served !== healthy;
  return { events: isNews ? [{ type: 'users.seen', served: healthy, since }] : [] };
}

/**
 * Tells the open incident of a system whether users are served, as its health has been seen. What was told of a streak
 * is not asked again; another process that tells the same appends nothing. Throws what the journal throws: the next look
 * tries again.
 */
export function createUsersReport(
  journal: Pick<Journal, 'newestIncident' | 'decide'>,
  clock: Clock,
  system: string,
): (seen: HealthSample) => Promise<void> {
  let told = '';
  return async (seen) => {
    if (seen.looks < LOOKS) return;
    const incident = await journal.newestIncident(system);
    const telling = `${incident} ${seen.healthy} ${seen.since}`;
    if (incident === undefined || telling === told) return;
    await journal.decide(incident, clock.now(), (state) => usersDecision(state, seen));
    told = telling;
  };
}
