import type { Journal } from './ports.ts';

/** Lets many waiters of one process share one subscription to the journal without missing a change. */
export interface ChangeHub {
  /** Number of changes of this incident seen so far. */
  version(incident: string): number;
  /** Highest sequence that was told for this incident; 0 when nothing was. */
  sequence(incident: string): number;
  /** Resolves as soon as an entry after `sequence` was told, or the signal is aborted. */
  appendedAfter(incident: string, sequence: number, signal: AbortSignal): Promise<void>;
  /** Resolves as soon as more changes than `version` were seen, or the signal is aborted. */
  changedSince(incident: string, version: number, signal: AbortSignal): Promise<void>;
  /** Calls back at each change of any incident, until the returned function is called. */
  onChange(listener: (incident: string) => void): () => void;
  close(): Promise<void>;
}

/** Subscribes to every append of the journal. */
export async function createChangeHub(journal: Journal): Promise<ChangeHub> {
  const seen = new Map<string, { version: number; sequence: number }>();
  const listeners = new Set<(incident: string) => void>();
  const of = (incident: string) => seen.get(incident) ?? { version: 0, sequence: 0 };
  const unsubscribe = await journal.subscribe((incident, sequence) => {
    const before = of(incident);
    seen.set(incident, { version: before.version + 1, sequence: Math.max(before.sequence, sequence) });
    for (const listener of [...listeners]) listener(incident);
  });
  const onChange = (listener: (incident: string) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const until = (incident: string, holds: () => boolean, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const done = () => {
        stopListening();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const stopListening = onChange((changed) => {
        if (changed === incident && holds()) done();
      });
      if (holds() || signal.aborted) done();
      else signal.addEventListener('abort', done, { once: true });
    });
  return {
    version: (incident) => of(incident).version,
    sequence: (incident) => of(incident).sequence,
    onChange,
    changedSince: (incident, version, signal) => until(incident, () => of(incident).version > version, signal),
    appendedAfter: (incident, sequence, signal) => until(incident, () => of(incident).sequence > sequence, signal),
    close: unsubscribe,
  };
}
