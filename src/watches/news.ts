import type { WatchFinding } from '../domain/action.ts';
import { errorCode } from '../domain/errors.ts';
import { failureOf } from '../domain/failure.ts';
import type { IncidentState } from '../domain/incident-state.ts';
import { isWatching, type WatchState } from '../domain/watch-state.ts';
import type { Decision } from '../engine/ports.ts';

/** What one look of a watch came to. */
export type LookResult = WatchFinding | { kind: 'failed'; error: unknown };

/**
 * Whether people are to be told. That it acted is told once, also when a process died between acting and recording it,
 * and again only when it had to act again or could not for a while. A failure is told once of each code until it acts:
 * failures that take turns, look after look, page nobody again and again.
 */
export function isNews(watch: WatchState, result: LookResult): boolean {
  if (!isWatching(watch)) return false;
  switch (result.kind) {
    case 'acted':
      return watch.status !== 'acted' || watch.failure !== undefined || result.changes.length > 0;
    case 'failed':
      return !watch.failuresTold?.includes(errorCode(result.error));
    case 'cleared':
      return true;
  }
}

/** What a look's result appends; nothing when it is no news (any more). Pure. */
export function watchDecision({ watches }: Pick<IncidentState, 'watches'>, id: string, result: LookResult): Decision {
  const watch = watches.find((candidate) => candidate.id === id);
  if (!watch || !isNews(watch, result)) return { events: [] };
  switch (result.kind) {
    case 'acted':
      return { events: [{ type: 'watch.acted', watch: id, sentence: result.sentence, changes: result.changes }] };
    case 'failed':
      return { events: [{ type: 'watch.failed', watch: id, error: failureOf(result.error) }] };
    case 'cleared':
      return { events: [{ type: 'watch.cleared', watch: id, sentence: result.sentence }], unwatch: [id] };
  }
}
