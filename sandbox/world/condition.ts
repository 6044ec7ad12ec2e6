import type { WorldState } from './state.ts';

/** How addresses of a region behave: `hang` accepts and never answers, `refuse` closes at once. */
export type Condition = 'up' | 'hang' | 'refuse';

/** How a region's addresses behave now. Pure. */
export function regionCondition(state: Pick<WorldState, 'faults'>, region: string): Condition {
  const fault = faultOf(state, region);
  if (!fault) return 'up';
  return fault.name === 'region-down' ? 'hang' : 'refuse';
}

/** Since when (world time) a region's addresses are not up; undefined while they are. Pure. */
export function brokenSince(state: Pick<WorldState, 'faults'>, region: string): number | undefined {
  return faultOf(state, region)?.since;
}

function faultOf({ faults }: Pick<WorldState, 'faults'>, region: string) {
  return faults.find(({ name, target }) => target === region && (name === 'region-down' || name === 'region-refuse'));
}
