import type { FaultName, WorldState } from '../world/state.ts';

/** Since when a fault was on at `at` (world time), undefined where it was off: what metrics of the past are made from. */
export function faultSince(
  { faultLog = [] }: Pick<WorldState, 'faultLog'>,
  name: FaultName,
  target: string | undefined,
  at: number,
): number | undefined {
  let since: number | undefined;
  for (const entry of faultLog) {
    if (entry.at > at) break;
    if (entry.name !== name || (target !== undefined && entry.target !== target)) continue;
    since = entry.on ? (since ?? entry.at) : undefined;
  }
  return since;
}

/** Whether nothing in a region reported anything at `at`. */
export function wasSilent(state: Pick<WorldState, 'faultLog'>, region: string, at: number): boolean {
  const silent = ['region-down', 'region-refuse'] as const;
  return silent.some((name) => faultSince(state, name, region, at) !== undefined);
}
