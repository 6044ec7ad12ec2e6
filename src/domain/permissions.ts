/**
 * What kind of thing in AWS an IAM action is allowed on, by the service authorization reference; `src/policies/` turns
 * each kind into the ARNs of a system. `anything` is `*`: the service knows no permission for single resources.
 */
export const IAM_ACTIONS = {
  'cloudwatch:DescribeAlarms': ['alarm'],
  'cloudwatch:GetMetricData': ['anything'],
  'ec2:DescribeAvailabilityZones': ['anything'],
  'eks:DescribeCluster': ['eks-cluster'],
  'elasticloadbalancing:DescribeListeners': ['anything'],
  'elasticloadbalancing:DescribeTargetHealth': ['anything'],
  'elasticloadbalancing:ModifyListener': ['listener'],
  'health:DescribeEvents': ['anything'],
  'kms:CreateGrant': ['key-grant'],
  'kms:DescribeKey': ['key'],
  'logs:FilterLogEvents': ['log-group'],
  'rds:AddTagsToResource': ['database'],
  'rds:CreateDBInstanceReadReplica': ['database', 'database-groups'],
  'rds:CreateDBSnapshot': ['database', 'own-snapshot'],
  'rds:DeleteDBInstance': ['database'],
  'rds:DescribeDBClusters': ['any-cluster'],
  'rds:DescribeDBInstanceAutomatedBackups': ['any-database', 'automated-backup'],
  'rds:DescribeDBInstances': ['any-database'],
  'rds:DescribeDBSnapshots': ['any-database', 'any-snapshot'],
  'rds:DescribeEvents': ['anything'],
  'rds:DescribeGlobalClusters': ['any-global-cluster'],
  'rds:FailoverDBCluster': ['database', 'database-cluster'],
  'rds:FailoverGlobalCluster': ['database-cluster', 'global-cluster'],
  'rds:ModifyDBInstance': ['database'],
  'rds:PromoteReadReplica': ['database'],
  'rds:RebootDBInstance': ['database'],
  'rds:RestoreDBInstanceFromDBSnapshot': ['database', 'database-groups', 'any-snapshot'],
  'rds:RestoreDBInstanceToPointInTime': ['database', 'database-groups'],
  'rds:SwitchoverGlobalCluster': ['database-cluster', 'global-cluster'],
  'route53-recovery-cluster:GetRoutingControlState': ['routing-control'],
  'route53-recovery-cluster:UpdateRoutingControlStates': ['routing-control'],
  'route53:ChangeResourceRecordSets': ['dns-record'],
  'route53:GetChange': ['dns-change'],
  'route53:ListResourceRecordSets': ['hosted-zone'],
  's3:DeleteObject (traffic object)': ['traffic-object'],
  's3:GetObject (backups)': ['backups'],
  's3:GetObject (traffic object)': ['traffic-object'],
  's3:ListBucket (backups)': ['backups-bucket'],
  // Whoever may not list a bucket is told 403, not 404, of an object that is not there.
  's3:ListBucket (traffic object)': ['traffic-bucket'],
  's3:PutObject (traffic object)': ['traffic-object'],
  'secretsmanager:GetSecretValue': ['secret'],
  'secretsmanager:PutSecretValue': ['secret'],
} as const satisfies Record<`${string}:${string}`, readonly string[]>;

/** `rds:PromoteReadReplica`; where the kind of thing says no more than the service, with what it is asked about. */
export type IamAction = keyof typeof IAM_ACTIONS;
export type IamKind = (typeof IAM_ACTIONS)[IamAction][number];

export type KubernetesVerb = 'create' | 'delete' | 'get' | 'list' | 'patch' | 'update';

/** Of the system's namespace, each with its API group; two stand for what system.yaml and a manifest name. */
export type NamespacedResource =
  | 'apps/deployments'
  | 'apps/deployments/scale'
  | 'apps/replicasets'
  | 'autoscaling/horizontalpodautoscalers'
  | 'pods'
  | 'pods/log'
  | 'services'
  | 'objects of the manifest'
  | 'secrets (named by system.yaml)';

/** Of the cluster, or of all its namespaces. */
export type ClusterResource = 'nodes' | 'pods';

/** What the role `database.user` must be allowed to; the words are those of `docs/actions.md`. */
export const SQL_GRANTS = [
  'CONNECT',
  'SELECT on database.tables',
  'pg_monitor',
  'pg_signal_backend',
  'CREATEROLE, and ADMIN OPTION on database.applicationUsers',
  'SET on database.applicationUsers, who own what a dump holds',
  'CREATEDB',
  'ownership of the database',
  'CREATE on the schema public, for database.probeTable (once)',
  'EXECUTE on bt_index_check and verify_heapam (amcheck)',
  'EXECUTE on pg_get_wal_records_info (pg_walinspect)',
] as const;
export type SqlGrant = (typeof SQL_GRANTS)[number];

/**
 * Least privilege of one action: what its observe, run, undo and watch call, and nothing more. `lifeboat policies` makes
 * the policy of a runbook of those of its actions.
 */
export interface Permissions {
  iam?: readonly IamAction[];
  namespace?: Partial<Record<NamespacedResource, readonly KubernetesVerb[]>>;
  cluster?: Partial<Record<ClusterResource, readonly KubernetesVerb[]>>;
  sql?: readonly SqlGrant[];
  /** What is neither AWS nor Kubernetes nor SQL, in words. */
  other?: readonly string[];
}

/** The same in words, one for each permission: `namespace: get, patch apps/deployments`. */
export function permissionWords({
  iam = [],
  namespace = {},
  cluster = {},
  sql = [],
  other = [],
}: Permissions): string[] {
  const rules = (where: string, resources: Partial<Record<string, readonly KubernetesVerb[]>>) =>
    Object.entries(resources).map(([resource, verbs = []]) => `${where}: ${verbs.join(', ')} ${resource}`);
  return [
    ...iam,
    ...rules('cluster', cluster),
    ...rules('namespace', namespace),
    ...sql.map((grant) => `SQL: ${grant}, for database.user`),
    ...other,
  ];
}

/** The permissions of several actions as those of one, each once. */
export function unionOf(all: readonly Permissions[]): Required<Permissions> {
  return {
    iam: distinct(all.flatMap(({ iam = [] }) => iam)),
    namespace: merged(all.map(({ namespace = {} }) => namespace)),
    cluster: merged(all.map(({ cluster = {} }) => cluster)),
    sql: distinct(all.flatMap(({ sql = [] }) => sql)),
    other: distinct(all.flatMap(({ other = [] }) => other)),
  };
}

function merged<K extends string>(
  all: readonly Partial<Record<K, readonly KubernetesVerb[]>>[],
): Partial<Record<K, readonly KubernetesVerb[]>> {
  const verbs: Partial<Record<K, readonly KubernetesVerb[]>> = {};
  for (const resources of all) {
    for (const resource of Object.keys(resources) as K[]) {
      verbs[resource] = distinct([...(verbs[resource] ?? []), ...(resources[resource] ?? [])]);
    }
  }
  return verbs;
}

/** Sorted, so that what is written down of it does not change with the order of steps. */
function distinct<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}
