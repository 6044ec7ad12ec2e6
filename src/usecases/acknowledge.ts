import { type CoolDown, coolDownOf } from '../domain/cool-down.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { newestChange } from '../domain/recovery.ts';
import type { Access } from '../domain/system.ts';
import type { Decision } from '../engine/ports.ts';
import { coolingIncident } from './cooling.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { requireRole, requireSystem } from './find.ts';

export interface AcknowledgeInput {
  user: string;
  system: string;
}

/** Ends the cool-down of a system early: somebody knows of the run that has ended. Returns that run and what was held back. */
export async function acknowledge(
  parts: UseCaseDependencies,
  input: AcknowledgeInput,
): Promise<Pick<CoolDown, 'runId' | 'heldBack'>> {
  const { journal, clock, access, systems } = parts;
  requireSystem(systems, input.system);
  requireRole(access, input.system, ['start'], input.user, 'end the cool-down');
  const now = clock.now();
  const cooling = await coolingIncident(parts, input.system, now);
  if (!cooling) throw noCoolDown(input.system);
  const { state } = await journal.decide(cooling.id, now, (found) => decideAcknowledge(access, found, input, now));
  const { heldBack } = state;
  const change = newestChange(state);
  return { runId: change?.id ?? '', heldBack: heldBack.filter(({ at }) => at >= (change?.finishedAt ?? 0)) };
}

/** Pure; `now` in world time. */
export function decideAcknowledge(
  access: Access,
  state: IncidentState,
  { user, system }: AcknowledgeInput,
  now: number,
): Decision {
  requireRole(access, system, ['start'], user, 'end the cool-down');
  if (coolDownOf(state, now)) return { events: [{ type: 'cool-down.ended', by: user }] };
  const { coolDownEnded } = state;
  const change = newestChange(state);
  const isOfThisRun = coolDownEnded && coolDownEnded.at >= (change?.finishedAt ?? Number.POSITIVE_INFINITY);
  if (!isOfThisRun) throw noCoolDown(system);
  throw new InvalidInput(
    'cool-down.late',
    `${coolDownEnded.by === user ? 'You' : `<@${coolDownEnded.by}>`} already ended the cool-down of ${system}.`,
  );
}

function noCoolDown(system: string): InvalidInput {
  return new InvalidInput(
    'cool-down.none',
    `${system} has no cool-down now: automatic starts are not held back. Nothing was changed.`,
  );
}
