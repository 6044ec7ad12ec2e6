import type { Change } from './action.ts';
import type { EventOf, Failure, IncidentEvent } from './events.ts';

export type WatchEvent = Extract<IncidentEvent, { watch: string }>;

/** Something that a run left open and that is looked at until it is closed or released. Times are world time. */
export interface WatchState {
  id: string;
  runId: string;
  step: string;
  kind: EventOf<'watch.started'>['kind'];
  subject: string;
  startedAt: number;
  /** `acted`: it did what was signed for, and goes on looking; the last two have ended. */
  status: 'watching' | 'acted' | 'cleared' | 'released';
  /** What it found, the newest. */
  sentence?: string;
  actedAt?: number;
  changes: Change[];
  /** The newest reason why it could not do what was signed for; undefined again once it could. */
  failure?: Failure;
  /** Codes of all the reasons that were told since it last acted. */
  failuresTold?: string[];
  /** Since when there is news that people are paged of: that it acted, or that it could not. */
  toldAt?: number;
  /** Since when people have been paged of that news; undefined: not yet, or not confirmed. */
  pagedAt?: number;
  released?: { by: string; at: number; reason: string };
}

/** Whether it is still looked at. */
export function isWatching({ status }: WatchState): boolean {
  return status === 'watching' || status === 'acted';
}

/** Folds one event into the watches of an incident. Throws when it names one that was never started. */
export function applyToWatches(watches: readonly WatchState[], event: WatchEvent, at: number): WatchState[] {
  if (event.type === 'watch.started') {
    const { watch: id, runId, step, kind, subject } = event;
    return [...watches, { id, runId, step, kind, subject, startedAt: at, status: 'watching', changes: [] }];
  }
  if (!watches.some(({ id }) => id === event.watch)) throw new Error(`${event.type} names no watch: ${event.watch}`);
  return watches.map((watch) => (watch.id === event.watch ? changed(watch, event, at) : watch));
}

function changed(watch: WatchState, event: Exclude<WatchEvent, EventOf<'watch.started'>>, at: number): WatchState {
  switch (event.type) {
    case 'watch.acted': {
      const { failure: _mended, failuresTold: _over, pagedAt: _before, ...rest } = watch;
      const { sentence, changes } = event;
      return { ...rest, status: 'acted', sentence, actedAt: at, toldAt: at, changes: [...watch.changes, ...changes] };
    }
    case 'watch.failed': {
      const { pagedAt: _before, ...rest } = watch;
      const failuresTold = [...(watch.failuresTold ?? []), event.error.code];
      return { ...rest, failure: event.error, failuresTold, toldAt: at };
    }
    case 'watch.cleared':
      return { ...watch, status: 'cleared', sentence: event.sentence };
    case 'watch.released':
      return { ...watch, status: 'released', released: { by: event.by, at, reason: event.reason } };
    case 'watch.paged':
      return { ...watch, pagedAt: at };
  }
}
