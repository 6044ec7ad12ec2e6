/** How lists and maps of the API's types are merged, as their definitions say it; what is not named is the default. */

export interface ListMerge {
  /** Fields that tell the items apart (`x-kubernetes-list-map-keys`). */
  keys: readonly string[];
  /** The one that strategic merge patches use; the first key where it is not said. */
  patchKey?: string;
  /** Values of keys that may be left out. */
  defaults?: Readonly<Record<string, string>>;
  /** Fields that the patch leaves out are removed from a merged item (`retainKeys`). */
  retainsKeys?: boolean;
}

const container: Record<string, ListMerge> = {
  env: { keys: ['name'] },
  ports: { keys: ['containerPort', 'protocol'], patchKey: 'containerPort', defaults: { protocol: 'TCP' } },
  volumeDevices: { keys: ['devicePath'] },
  volumeMounts: { keys: ['mountPath'] },
};
const conditions: Record<string, ListMerge> = { conditions: { keys: ['type'] } };

/** Lists whose items are merged, by type and field. Every other list is replaced as a whole. */
export const LISTS: Readonly<Record<string, Readonly<Record<string, ListMerge>>>> = {
  V1Container: container,
  V1EphemeralContainer: container,
  V1DeploymentStatus: conditions,
  V1NamespaceStatus: conditions,
  V1NodeStatus: { ...conditions, addresses: { keys: ['type'] } },
  V1ObjectMeta: { ownerReferences: { keys: ['uid'] } },
  V1PodSpec: {
    containers: { keys: ['name'] },
    ephemeralContainers: { keys: ['name'] },
    hostAliases: { keys: ['ip'] },
    imagePullSecrets: { keys: ['name'] },
    initContainers: { keys: ['name'] },
    resourceClaims: { keys: ['name'], retainsKeys: true },
    schedulingGates: { keys: ['name'] },
    topologySpreadConstraints: { keys: ['topologyKey', 'whenUnsatisfiable'] },
    volumes: { keys: ['name'], retainsKeys: true },
  },
  V1PodStatus: { ...conditions, podIPs: { keys: ['ip'] }, resourceClaimStatuses: { keys: ['name'] } },
  V1ReplicaSetStatus: conditions,
  V1ResourceRequirements: { claims: { keys: ['name'] } },
  V1ServiceSpec: { ports: { keys: ['port', 'protocol'], patchKey: 'port', defaults: { protocol: 'TCP' } } },
  V1ServiceStatus: conditions,
  V2HorizontalPodAutoscalerStatus: conditions,
};

/** Lists of plain values that are sets. */
export const SETS: Readonly<Record<string, readonly string[]>> = {
  V1NodeSpec: ['podCIDRs'],
  V1ObjectMeta: ['finalizers'],
};

/** Types that are replaced as a whole. */
export const ATOMIC_TYPES: readonly string[] = [
  'V1ConfigMapKeySelector',
  'V1LabelSelector',
  'V1LocalObjectReference',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1ObjectFieldSelector',
  'V1ObjectReference',
  'V1ResourceFieldSelector',
  'V1SecretKeySelector',
  'V1TypedLocalObjectReference',
];

/** Maps that are replaced as a whole, by type and field. */
export const ATOMIC_MAPS: Readonly<Record<string, readonly string[]>> = {
  V1PodSpec: ['nodeSelector'],
  V1ServiceSpec: ['selector'],
};

const allLists = Object.values(LISTS).flatMap((fields) => Object.entries(fields));

/** Merge keys of strategic merge patches, by the list's field: those of every type that has such a list. */
export const PATCH_KEYS: ReadonlyMap<string, readonly string[]> = new Map(
  [...Map.groupBy(allLists, ([field]) => field)].map(([field, lists]) => [
    field,
    [...new Set(lists.map(([, { keys, patchKey }]) => patchKey ?? keys[0] ?? ''))],
  ]),
);
