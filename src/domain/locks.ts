import type { Plan } from './plan.ts';

/** What a run of this plan locks: its system, and every resource that a step writes (two systems may share one). */
export function locksOf({ systemName, steps }: Pick<Plan, 'systemName' | 'steps'>): string[] {
  return [...new Set([`system/${systemName}`, ...steps.flatMap(({ writes }) => writes)])];
}
