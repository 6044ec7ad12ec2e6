import type { IncidentState } from '../../src/domain/incident-state.ts';
import type { Journal } from '../../src/engine/ports.ts';

/** The incidents of the systems of one world, as the bot's journal has them; read only. */
export class Incidents {
  readonly #journal: Journal;
  readonly #systemNames: readonly string[];
  readonly #known = new Map<string, IncidentState>();
  /** Incidents that were appended to and not read since. */
  readonly #stale = new Set<string>();
  #unsubscribe: (() => Promise<void>) | undefined;

  constructor(journal: Journal, systemNames: readonly string[]) {
    this.#journal = journal;
    this.#systemNames = systemNames;
  }

  /** Reads all there are and follows the journal from then on. Throws what the store throws. */
  async start(): Promise<void> {
    this.#unsubscribe = await this.#journal.subscribe((incident) => this.#stale.add(incident));
    const newest = await Promise.all(this.#systemNames.map((name) => this.#journal.newestIncident(name)));
    for (const id of newest.flatMap(idsUpTo)) this.#stale.add(id);
    await this.refresh();
  }

  /** Reads those that have changed. Throws what the store throws; what was not read is read at the next call. */
  async refresh(): Promise<void> {
    for (const id of [...this.#stale]) {
      this.#stale.delete(id);
      try {
        const state = await this.#journal.state(id);
        if (state && this.#systemNames.includes(state.system)) this.#known.set(id, state);
      } catch (error) {
        this.#stale.add(id);
        throw error;
      }
    }
  }

  /** Oldest first. */
  list(): IncidentState[] {
    return [...this.#known.values()].sort((a, b) => a.declaredAt - b.declaredAt);
  }

  async close(): Promise<void> {
    await this.#unsubscribe?.();
  }
}

/** The journal tells its newest incident and counts them without gaps: `INC-3` follows `INC-1` and `INC-2`. */
function idsUpTo(newest: string | undefined): string[] {
  const [, prefix = '', last = '0'] = /^(.*?)(\d+)$/.exec(newest ?? '') ?? [];
  return Array.from({ length: Number(last) }, (_, index) => `${prefix}${index + 1}`);
}
