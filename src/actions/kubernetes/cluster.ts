import type { Clients } from '../../adapters/index.ts';
import type { Cluster } from '../../adapters/kubernetes/index.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';

/** The system's namespace in a region's cluster. Throws InvalidInput when system.yaml names no context for it. */
export function clusterOf({ kubernetes }: Clients, system: System, region: string): Cluster {
  const { contexts, namespace } = system.kubernetes;
  const context = contexts[region];
  if (context === undefined) {
    throw new InvalidInput('kubernetes.no-context', `system.yaml names no Kubernetes context for ${region}.`);
  }
  return kubernetes.cluster({ context, namespace, region });
}

/** Name of the lock on what runs in a region. */
export function workloadsLock(system: System, region: string): string {
  return `kubernetes/${region}/${system.kubernetes.namespace}`;
}
