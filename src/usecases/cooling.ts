import { coolDownMilliseconds } from '../domain/cool-down.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { incidentOfLastRun } from './find.ts';

/** The incident whose run a cool-down of this system follows at `now` (world time), if there may be one. */
export async function coolingIncident(
  { journal, systems }: Pick<UseCaseDependencies, 'journal' | 'systems'>,
  system: string,
  now: number,
): Promise<IncidentState | undefined> {
  return incidentOfLastRun(journal, system, now - coolDownMilliseconds(systems.get(system)));
}
