import { createHash } from 'node:crypto';
import type { WorldState } from '../../world/state.ts';
import { zonesOf } from '../../world/zones.ts';
import { accountOf } from '../arn.ts';
import { AwsError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import { timestamp, type Xml } from '../xml.ts';
import type { RdsCluster, RdsGlobalCluster, RdsInstance } from './state.ts';

const DAY = 86_400_000;

export function clusterArn(
  state: WorldState,
  { region, identifier }: Pick<RdsCluster, 'region' | 'identifier'>,
): string {
  return `arn:aws:rds:${region}:${accountOf(state)}:cluster:${identifier}`;
}

/** Region and identifier that a cluster's ARN names; undefined for a plain identifier. */
export function readClusterArn(text: string): { region: string; identifier: string } | undefined {
  const match = /^arn:aws[\w-]*:rds:([^:]+):\d{12}:cluster:(.+)$/.exec(text);
  return match?.[1] && match[2] ? { region: match[1], identifier: match[2] } : undefined;
}

/** The cluster that an ARN names, in whichever region. */
export function clusterByArn(state: WorldState, arn: string): RdsCluster | undefined {
  const named = readClusterArn(arn);
  return named && lookUp(state.rdsClusters?.[named.region], named.identifier);
}

/** The cluster by identifier (any case) or ARN, as the region's endpoint sees it; throws DBClusterNotFoundFault. */
export function findCluster(state: WorldState, region: string, identifierOrArn: string): RdsCluster {
  const arn = readClusterArn(identifierOrArn);
  const identifier = (arn?.identifier ?? identifierOrArn).toLowerCase();
  const found = arn && arn.region !== region ? undefined : lookUp(state.rdsClusters?.[region], identifier);
  if (!found) throw new AwsError('DBClusterNotFoundFault', `DBCluster ${identifier} not found.`, 404);
  return found;
}

/** The cluster that an instance belongs to. */
export function clusterOfInstance(state: WorldState, { region, cluster }: RdsInstance): RdsCluster | undefined {
  return cluster === undefined ? undefined : lookUp(state.rdsClusters?.[region], cluster);
}

/** Throws GlobalClusterNotFoundFault. */
export function findGlobalCluster(state: WorldState, identifier: string): RdsGlobalCluster {
  const found = lookUp(state.rdsGlobalClusters, identifier.toLowerCase());
  if (!found) throw new AwsError('GlobalClusterNotFoundFault', `Global cluster ${identifier} not found`, 404);
  return found;
}

/** Whether a cluster is the one of its global cluster that accepts writes. */
export function isPrimary(state: WorldState, cluster: RdsCluster): boolean {
  return lookUp(state.rdsGlobalClusters, cluster.globalCluster)?.primary === clusterArn(state, cluster);
}

/** `DBCluster` as RDS shows it. */
export function renderCluster(state: WorldState, cluster: RdsCluster): { readonly [name: string]: Xml } {
  const { identifier, region, members } = cluster;
  const resource = createHash('sha256').update(`${region}/cluster/${identifier}`).digest('hex');
  const primary = isPrimary(state, cluster);
  const arn = clusterArn(state, cluster);
  const globalCluster = lookUp(state.rdsGlobalClusters, cluster.globalCluster);
  return {
    AllocatedStorage: 1,
    AvailabilityZones: { AvailabilityZone: zonesOf(region) },
    BackupRetentionPeriod: 7,
    DatabaseName: cluster.databaseName,
    DBClusterIdentifier: identifier,
    DBClusterParameterGroup: 'aurora-postgresql-production',
    DBSubnetGroup: 'databases',
    Status: cluster.status,
    Endpoint: cluster.endpoint,
    ReaderEndpoint: cluster.readerEndpoint,
    MultiAZ: new Set(members.map((member) => state.rds[region]?.[member]?.zone)).size > 1,
    Engine: 'aurora-postgresql',
    EngineVersion: cluster.engineVersion,
    Port: cluster.port,
    MasterUsername: 'postgres',
    PreferredBackupWindow: '03:00-03:30',
    PreferredMaintenanceWindow: 'sun:05:00-sun:05:30',
    ReplicationSourceIdentifier: primary ? undefined : globalCluster?.primary,
    ReadReplicaIdentifiers: '',
    DBClusterMembers: {
      DBClusterMember: members.map((member) => ({
        DBInstanceIdentifier: member,
        IsClusterWriter: primary && member === cluster.writer,
        DBClusterParameterGroupStatus: 'in-sync',
        PromotionTier: 1,
      })),
    },
    VpcSecurityGroups: {
      VpcSecurityGroupMembership: { VpcSecurityGroupId: `sg-${resource.slice(0, 17)}`, Status: 'active' },
    },
    HostedZoneId: 'Z2R2ITUGPM61AM',
    StorageEncrypted: true,
    DbClusterResourceId: `cluster-${resource.slice(0, 26).toUpperCase()}`,
    DBClusterArn: arn,
    IAMDatabaseAuthenticationEnabled: false,
    ClusterCreateTime: timestamp(state.startedAt - 400 * DAY),
    EngineMode: 'provisioned',
    DeletionProtection: true,
    HttpEndpointEnabled: false,
    CrossAccountClone: false,
    NetworkType: 'IPV4',
  };
}

/** `GlobalCluster` as RDS shows it. */
export function renderGlobalCluster(state: WorldState, global: RdsGlobalCluster): { readonly [name: string]: Xml } {
  const { identifier, status, primary, secondaries, failover } = global;
  const resource = createHash('sha256').update(`global/${identifier}`).digest('hex');
  const engineVersion = clusterByArn(state, primary)?.engineVersion;
  return {
    GlobalClusterIdentifier: identifier,
    GlobalClusterResourceId: `cluster-${resource.slice(0, 16)}`,
    GlobalClusterArn: `arn:aws:rds::${accountOf(state)}:global-cluster:${identifier}`,
    Status: status,
    Engine: 'aurora-postgresql',
    EngineVersion: engineVersion,
    StorageEncrypted: true,
    DeletionProtection: true,
    GlobalClusterMembers: {
      GlobalClusterMember: [primary, ...secondaries].map((arn) => ({
        DBClusterArn: arn,
        Readers: arn === primary ? { member: secondaries } : '',
        IsWriter: arn === primary,
        GlobalWriteForwardingStatus: 'disabled',
        SynchronizationStatus: failover ? 'pending-resync' : 'connected',
      })),
    },
    FailoverState: failover && {
      Status: failover.allowDataLoss ? 'failing-over' : 'switching-over',
      FromDbClusterArn: failover.from,
      ToDbClusterArn: failover.to,
      IsDataLossAllowed: failover.allowDataLoss,
    },
  };
}
