import type { Outcome } from '../client/statistics.ts';
import type { Databases } from '../postgres/databases.ts';

/** An acknowledged write. Times are world time. */
export type Acknowledged = Pick<Outcome, 'number' | 'sentAt' | 'at'>;

/** Those of these acknowledged writes whose row an instance does not have. Throws what the database throws. */
export async function missingFrom<Write extends Pick<Outcome, 'number'>>(
  databases: Pick<Databases, 'query'>,
  instance: string,
  acknowledged: readonly Write[],
): Promise<Write[]> {
  if (acknowledged.length === 0) return [];
  const ranges = rangesOf(acknowledged.map(({ number }) => number));
  const rows = await databases.query<{ id: string }>(
    instance,
    `SELECT wanted.id FROM unnest($1::bigint[], $2::bigint[]) AS range (low, high),
       generate_series(range.low, range.high) AS wanted (id)
     WHERE NOT EXISTS (SELECT FROM messages WHERE messages.id = wanted.id)`,
    [ranges.map(([low]) => low), ranges.map(([, high]) => high)],
  );
  const missing = new Set(rows.map(({ id }) => Number(id)));
  return acknowledged.filter(({ number }) => missing.has(number));
}

/** Numbers as few ranges, both ends included: nearly every write is acknowledged, so they follow each other. */
export function rangesOf(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && number <= last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

/**
 * World seconds of acknowledged work that are gone: from the oldest lost write to the last one before the outage, and what a
 * second primary took afterwards, from its first write to its last.
 */
export function lossSeconds(lost: readonly Pick<Outcome, 'at'>[], lastBefore: number | undefined): number {
  const times = lost.map(({ at }) => at).toSorted((a, b) => a - b);
  const oldest = times[0] ?? 0;
  const later = times.filter((at) => at > (lastBefore ?? oldest));
  const before = times.length === 0 ? 0 : Math.max(0, (lastBefore ?? oldest) - oldest);
  return (before + (later.at(-1) ?? 0) - (later[0] ?? 0)) / 1000;
}

/**
 * Which acknowledged writes the serving instance does not have. Everything is asked once per instance; after that only
 * what was missing and what was acknowledged since: a row that a primary has committed does not leave it.
 */
export class LostRows {
  readonly #databases: Pick<Databases, 'query'>;
  #instance: string | undefined;
  /** So many of the client's outcomes have been asked for. */
  #asked = 0;
  #missing: readonly Acknowledged[] = [];

  constructor(databases: Pick<Databases, 'query'>) {
    this.#databases = databases;
  }

  /** Oldest first. */
  list(): readonly Acknowledged[] {
    return this.#missing;
  }

  /** The instance whose rows were compared; undefined as long as none was. */
  instance(): string | undefined {
    return this.#instance;
  }

  /**
   * Compares `outcomes` (all of the client's, which only grow) with the rows of `instance`; undefined: nothing can be
   * missing. Throws what the database throws, and then keeps what was known.
   */
  async look(instance: string | undefined, outcomes: readonly Outcome[]): Promise<void> {
    if (instance === undefined) {
      this.#instance = undefined;
      this.#asked = 0;
      this.#missing = [];
      return;
    }
    const same = instance === this.#instance;
    const asked = outcomes.length;
    const since = outcomes.slice(same ? this.#asked : 0).filter(({ acknowledged }) => acknowledged);
    const missing = await missingFrom(this.#databases, instance, [...(same ? this.#missing : []), ...since]);
    this.#instance = instance;
    this.#asked = asked;
    this.#missing = missing;
  }
}
