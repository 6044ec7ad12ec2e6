import { describeError } from '../domain/errors.ts';
import { advance, type EngineParts } from './advance.ts';

export interface Runner {
  /** Advances the run of an incident; a call while one is under way here joins it. Never rejects. */
  advance(incident: string): Promise<void>;
  /** Whether a call of `advance` for this incident is under way here. */
  isAdvancing(incident: string): boolean;
  /** Lets go of every run and waits until their steps have stopped; the next process takes them up. */
  close(): Promise<void>;
}

/**
 * The runs of this process, each advanced once at a time: the queue, the reconciler and a job that the queue gives out
 * twice may all ask, and a process that took its own lease a second time would fence itself.
 */
export function createRunner(parts: EngineParts): Runner {
  const closing = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  return {
    advance(incident) {
      if (closing.signal.aborted) return Promise.resolve();
      const before = underWay.get(incident);
      if (before) return before;
      const work = advance(parts, incident, closing.signal)
        .catch((error: unknown) => {
          parts.logger.warn(
            { incident, reason: describeError(error), err: error },
            'Run not advanced, it is tried again',
          );
        })
        .finally(() => underWay.delete(incident));
      underWay.set(incident, work);
      return work;
    },
    isAdvancing: (incident) => underWay.has(incident),
    async close() {
      closing.abort(new Error('this process is stopping'));
      await Promise.all(underWay.values());
    },
  };
}
