import type { WorldState } from './state.ts';

/** How addresses of a region behave: `hang` accepts and never answers, `refuse` closes at once. */
export type Condition = 'up' | 'hang' | 'refuse';

/** How a region's addresses behave now. Pure. */
export function regionCondition({ faults }: Pick<WorldState, 'faults'>, region: string): Condition {
  for (const fault of faults) {
    if (fault.target !== region) continue;
    if (fault.name === 'region-down') return 'hang';
    if (fault.name === 'region-refuse') return 'refuse';
  }
  return 'up';
}
