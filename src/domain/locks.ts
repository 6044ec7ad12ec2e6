import type { Plan } from './plan.ts';
import { isReadOnly } from './read-only.ts';

/**
 * What a run of this plan locks: its system, and every resource that a step writes (two systems may share one). One that
 * only looks is in nobody's way.
 */
export function locksOf(plan: Pick<Plan, 'systemName' | 'steps' | 'undoOf'>): string[] {
  if (isReadOnly(plan)) return [];
  return [...new Set([`system/${plan.systemName}`, ...plan.steps.flatMap(({ writes }) => writes)])];
}
