import type { Workload } from '../../adapters/kubernetes/shapes.ts';
import { Permanent } from '../../domain/errors.ts';

/**
 * As `kubectl rollout status` judges: seen by the controller, every pod of the newest template, none of an older one.
 * Throws Permanent `kubernetes.rollout-stuck` when the controller has given it up. Pure.
 */
export function isRolledOut(workload: Workload): boolean {
  const { name, generation, observedGeneration, replicas, existing, updated, available, stuck } = workload;
  if (observedGeneration < generation) return false;
  if (stuck !== '') throw new Permanent('kubernetes.rollout-stuck', `The rollout of ${name} is stuck: ${stuck}`);
  return updated >= replicas && existing <= updated && available >= updated;
}
