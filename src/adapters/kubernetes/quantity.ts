import type { V1PodSpec } from '@kubernetes/client-node';

/** Processors as Kubernetes writes them (`250m`, `2`, `1.5`) in millicores, rounded up. */
export function millicores(quantity: string | undefined): number {
  if (!quantity) return 0;
  const value = Number(/[a-zA-Z]$/.test(quantity) ? quantity.slice(0, -1) : quantity);
  if (!Number.isFinite(value)) return 0;
  const unit = /[a-zA-Z]$/.exec(quantity)?.[0];
  const factor = unit === undefined ? 1000 : (FACTORS[unit] ?? 0);
  return Math.ceil(value * factor);
}

const FACTORS: Record<string, number> = { n: 1e-6, u: 1e-3, m: 1, k: 1e6 };

/**
 * What the scheduler reserves for a pod, in millicores: its containers with the sidecars, or its largest init
 * container, and its overhead.
 */
export function requestedMillicores(spec: V1PodSpec | undefined): number {
  if (!spec) return 0;
  const request = (container: V1PodSpec['containers'][number]) => millicores(container.resources?.requests?.cpu);
  const initial = spec.initContainers ?? [];
  const sidecars = initial.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const lasting = [...spec.containers, ...sidecars].reduce((sum, container) => sum + request(container), 0);
  const largest = Math.max(0, ...initial.map(request));
  return Math.max(lasting, largest) + millicores(spec.overhead?.cpu);
}
