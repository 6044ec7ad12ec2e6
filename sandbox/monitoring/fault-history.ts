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

/** Since when nothing in a region has reported anything at `at`; undefined where something did. */
export function silentSince(state: Pick<WorldState, 'faultLog'>, region: string, at: number): number | undefined {
  const silent = ['region-down', 'region-refuse'] as const;
  const since = silent.map((name) => faultSince(state, name, region, at)).filter((one) => one !== undefined);
  return since.length > 0 ? Math.min(...since) : undefined;
}

/** Whether nothing in a region reported anything at `at`. */
export function wasSilent(state: Pick<WorldState, 'faultLog'>, region: string, at: number): boolean {
  return silentSince(state, region, at) !== undefined;
}
