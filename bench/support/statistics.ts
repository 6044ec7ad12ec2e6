/** The value below which `share` (0 to 1) of the values lie; the median for 0.5. Throws RangeError for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? sorted[0];
  if (found === undefined) throw new RangeError('There is no percentile of no values.');
  return found;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/**
 * Runs every candidate once a round, one after another, beginning with another one each time: what the machine does
 * besides hits all of them alike. Returns each candidate's results in the order of the rounds.
 */
export async function interleaved<Name extends string, T>(
  candidates: Record<Name, () => Promise<T>>,
  rounds: number,
): Promise<Record<Name, T[]>> {
  const names = Object.keys(candidates) as Name[];
  const results = Object.fromEntries(names.map((name): [Name, T[]] => [name, []])) as Record<Name, T[]>;
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(round + place) % names.length];
      if (name !== undefined) results[name].push(await candidates[name]());
    }
  }
  return results;
}

/** The median of the ratios of values that were measured in the same round. */
export function medianRatio(values: readonly number[], against: readonly number[]): number {
  return median(values.map((value, round) => value / (against[round] ?? Number.NaN)));
}

/** How long `work` takes, machine milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
