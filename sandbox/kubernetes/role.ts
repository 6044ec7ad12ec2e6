import type { ClusterContext } from './resource.ts';

/** Whom the bearer token of the kubeconfig stands for. */
export const USER = 'lifeboat';

const READING = ['get', 'list', 'watch'];
/** Kinds that may be read in the whole cluster: capacity is computed from them, and `describe node` shows them. */
const CLUSTER_WIDE = ['nodes', 'namespaces', 'pods', 'events'];

/**
 * The token's role: everything in the system's namespace, and reading what capacity is computed from. `namespace` is
 * undefined for the whole cluster.
 */
export function isAllowed(
  { system }: Pick<ClusterContext, 'system'>,
  { verb, plural, namespace }: { verb: string; plural: string; namespace: string | undefined },
): boolean {
  if (namespace === system.kubernetes.namespace) return true;
  return READING.includes(verb) && namespace === undefined && CLUSTER_WIDE.includes(plural);
}

/** The same as rules, for those who ask what they may. */
export function rulesOf(
  { system }: Pick<ClusterContext, 'system'>,
  namespace: string,
): { verbs: string[]; apiGroups: string[]; resources: string[] }[] {
  const everywhere = { verbs: READING, apiGroups: [''], resources: CLUSTER_WIDE };
  const own = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
  return namespace === system.kubernetes.namespace ? [own, everywhere] : [everywhere];
}
