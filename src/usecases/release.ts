import { InvalidInput } from '../domain/errors.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { nearestOrBegun } from '../domain/nearest.ts';
import type { Access } from '../domain/system.ts';
import { isWatching, type WatchState } from '../domain/watch-state.ts';
import type { Decision } from '../engine/ports.ts';
import type { UseCaseDependencies } from './dependencies.ts';
import { incidentOf, requireIncident, requireRole } from './find.ts';

export interface ReleaseInput {
  user: string;
  /** A watch, or the incident whose only watch is meant. */
  target: string;
  reason: string;
}

/** Ends a watch over what a run left open, also of a resolved incident. Returns what is no longer watched. */
export async function release(
  { journal, clock, access }: UseCaseDependencies,
  input: ReleaseInput,
): Promise<Pick<WatchState, 'id' | 'subject'>> {
  const { id } = await requireIncident(journal, incidentOf(input.target));
  let released = { id: '', subject: '' };
  await journal.decide(id, clock.now(), (state) => {
    const decision = decideRelease(access, state, input);
    const { id: watch, subject } = chooseWatch(state, input);
    released = { id: watch, subject };
    return decision;
  });
  return released;
}

/** Pure. The same person's second click changes nothing. */
export function decideRelease(access: Access, state: IncidentState, input: ReleaseInput): Decision {
  const { user, reason } = input;
  requireRole(access, state.system, ['command'], user, 'release a watch');
  const watch = chooseWatch(state, input);
  if (watch.released?.by === user) return { events: [] };
  if (watch.released) {
    throw new InvalidInput(
      'release.late',
      `<@${watch.released.by}> already released ${watch.id}. Nothing was changed.`,
    );
  }
  if (!isWatching(watch)) {
    const why = watch.sentence ?? 'what it watched is closed.';
    throw new InvalidInput(
      'release.cleared',
      `${watch.id} has ended by itself, so nobody has to release it: ${why} What is still watched: \`/dr status ${state.id}\`.`,
    );
  }
  return { events: [{ type: 'watch.released', watch: watch.id, by: user, reason }], unwatch: [watch.id] };
}

/** The watch that is meant; of an incident the only one that goes on, or the one that this person has just released. */
function chooseWatch({ id, watches }: IncidentState, { user, target }: ReleaseInput): WatchState {
  const named = watches.find((watch) => watch.id === target);
  if (named) return named;
  const going = watches.filter(isWatching);
  const ids = going.map((watch) => `${watch.id} (${watch.subject})`).join(', ');
  if (target !== id) {
    const match = nearestOrBegun(
      target,
      watches.map((watch) => watch.id),
    );
    const hint = match ? `Did you mean ${match}?` : ids ? `${id} has ${ids}.` : `${id} watches nothing.`;
    throw new InvalidInput('release.unknown', `There is no watch “${target.slice(0, 60)}”. ${hint}`);
  }
  const [only, ...others] = going;
  if (!only) {
    const mine = watches.findLast(({ released }) => released?.by === user);
    if (mine) return mine;
    throw new InvalidInput('release.nothing', `${id} watches nothing, so there is nothing to release.`);
  }
  if (others.length > 0) {
    throw new InvalidInput(
      'release.which',
      `${id} watches ${ids}. Name the one you mean: \`/dr release ${only.id} --reason "…"\`.`,
    );
  }
  return only;
}
