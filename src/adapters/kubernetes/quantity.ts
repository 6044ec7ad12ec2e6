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

/** Memory as Kubernetes writes it (`512Mi`, `1Gi`, `128M`, bytes) in mebibytes, rounded up. */
export function mebibytes(quantity: string | undefined): number {
  const [, number = '', unit = ''] = /^([\d.]+(?:e\d+)?)(\D*)$/.exec(quantity ?? '') ?? [];
  const value = Number(number) * (BYTES[unit] ?? Number.NaN);
  return Number.isFinite(value) ? Math.ceil(value / 2 ** 20) : 0;
}

const BYTES: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** What the scheduler reserves for a pod, in millicores. */
export const requestedMillicores = (spec: V1PodSpec | undefined) => requested(spec, 'cpu', millicores);

/** The same of its memory, in mebibytes. */
export const requestedMebibytes = (spec: V1PodSpec | undefined) => requested(spec, 'memory', mebibytes);

/** A pod's containers with the sidecars, or its largest init container, and its overhead. */
function requested(
  spec: V1PodSpec | undefined,
  resource: 'cpu' | 'memory',
  read: (quantity: string | undefined) => number,
): number {
  if (!spec) return 0;
  const request = (container: V1PodSpec['containers'][number]) => read(container.resources?.requests?.[resource]);
  const initial = spec.initContainers ?? [];
  const sidecars = initial.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const lasting = [...spec.containers, ...sidecars].reduce((sum, container) => sum + request(container), 0);
  const largest = Math.max(0, ...initial.map(request));
  return Math.max(lasting, largest) + read(spec.overhead?.[resource]);
}
