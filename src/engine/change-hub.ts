import type { Journal } from './ports.ts';

/** Lets many waiters of one process share one subscription to the journal without missing a change. */
export interface ChangeHub {
  /** Number of changes of this incident seen so far. */
  version(incident: string): number;
  /** Resolves as soon as more changes than `version` were seen, or the signal is aborted. */
  changedSince(incident: string, version: number, signal: AbortSignal): Promise<void>;
  /** Calls back at each change of any incident, until the returned function is called. */
  onChange(listener: (incident: string) => void): () => void;
  close(): Promise<void>;
}

/** Subscribes to every append of the journal. */
export async function createChangeHub(journal: Journal): Promise<ChangeHub> {
  const versions = new Map<string, number>();
  const listeners = new Set<(incident: string) => void>();
  const version = (incident: string) => versions.get(incident) ?? 0;
  const unsubscribe = await journal.subscribe((incident) => {
    versions.set(incident, version(incident) + 1);
    for (const listener of [...listeners]) listener(incident);
  });
  const onChange = (listener: (incident: string) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    version,
    onChange,
    changedSince: (incident, since, signal) =>
      new Promise((resolve) => {
        const done = () => {
          stopListening();
          signal.removeEventListener('abort', done);
          resolve();
        };
        const stopListening = onChange((changed) => {
          if (changed === incident) done();
        });
        if (version(incident) > since || signal.aborted) done();
        else signal.addEventListener('abort', done, { once: true });
      }),
    close: unsubscribe,
  };
}
