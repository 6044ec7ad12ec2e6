import type { System } from '../../domain/system.ts';

/** Name of the lock on what runs in a region. */
export function workloadsLock(system: System, region: string): string {
  return `kubernetes/${region}/${system.kubernetes.namespace}`;
}
