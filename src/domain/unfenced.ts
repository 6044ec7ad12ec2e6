import { instanceName } from './instance-name.ts';
import type { PlannedStep } from './plan.ts';
import type { System } from './system.ts';

/**
 * Whether somebody may sign for a primary that stays without the fence of this input (of `postgres.fence`): not for one
 * that it names, which serves users until it is fenced. A move away from that has time, and what cannot be fenced stops it.
 */
export function maySignUnfenced({ primary }: { primary?: unknown }): boolean {
  return primary === undefined;
}

/** What is signed for in place of a fence, `kind:subject`; undefined where nobody may. Pure. */
export function unfencedBy(
  step: Pick<PlannedStep, 'with'>,
  { database }: Pick<System, 'database'>,
): string | undefined {
  return maySignUnfenced(step.with) ? `unfenced:${instanceName(database.primary)}` : undefined;
}
