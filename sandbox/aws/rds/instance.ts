import { brokenSince } from '../../world/condition.ts';
import type { WorldState } from '../../world/state.ts';
import { accountOf, databaseArn, readDatabaseArn } from '../arn.ts';
import { AwsError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import { timestamp, type Xml } from '../xml.ts';
import { restoreWindow } from './backups/window.ts';
import { groupsOf } from './groups.ts';
import { resourceIdOf } from './resource-id.ts';
import type { RdsInstance } from './state.ts';

const DAY = 86_400_000;

/** The instance by identifier (any case) or ARN, as the region's endpoint sees it; throws DBInstanceNotFound. */
export function findInstance(state: WorldState, region: string, identifierOrArn: string): RdsInstance {
  const arn = readDatabaseArn(identifierOrArn);
  const identifier = (arn?.identifier ?? identifierOrArn).toLowerCase();
  const found = arn && arn.region !== region ? undefined : lookUp(state.rds[region], identifier);
  if (!found) throw new AwsError('DBInstanceNotFound', `DBInstance ${identifier} not found.`, 404);
  return found;
}

/** `DBInstance` as RDS shows it at `now` (world time). */
export function renderInstance(
  state: WorldState,
  instance: RdsInstance,
  now: number,
): { readonly [name: string]: Xml } {
  const groups = groupsOf(instance);
  const window = restoreWindow(state, instance, now);
  const { shownZones } = instance;
  const shown = shownZones && now < shownZones.until ? shownZones : instance;
  return {
    DBInstanceIdentifier: instance.identifier,
    DBInstanceClass: instance.instanceClass,
    Engine: instance.cluster === undefined ? 'postgres' : 'aurora-postgresql',
    DBClusterIdentifier: instance.cluster,
    DBInstanceStatus: instance.status,
    MasterUsername: 'postgres',
    DBName: instance.databaseName,
    // None while it is being created.
    Endpoint: instance.address === '' ? undefined : { Address: instance.address, Port: instance.port },
    AllocatedStorage: 100,
    InstanceCreateTime: timestamp(instance.createdAt ?? state.startedAt - 400 * DAY),
    LatestRestorableTime: window && timestamp(window.latest),
    PreferredBackupWindow: instance.preferredBackupWindow ?? '03:00-03:30',
    BackupRetentionPeriod: instance.backupRetentionDays,
    DBSecurityGroups: '',
    VpcSecurityGroups: {
      VpcSecurityGroupMembership: groups.security.map((id) => ({ VpcSecurityGroupId: id, Status: 'active' })),
    },
    DBSubnetGroup: { DBSubnetGroupName: groups.subnet, VpcId: 'vpc-0databases', SubnetGroupStatus: 'Complete' },
    DBParameterGroups: {
      DBParameterGroup: { DBParameterGroupName: groups.parameter, ParameterApplyStatus: 'in-sync' },
    },
    AvailabilityZone: shown.zone ?? `${instance.region}a`,
    PreferredMaintenanceWindow: 'sun:05:00-sun:05:30',
    PendingModifiedValues: instance.renamingTo ? { DBInstanceIdentifier: instance.renamingTo } : '',
    MultiAZ: instance.multiAz,
    SecondaryAvailabilityZone: instance.multiAz ? shown.secondaryZone : undefined,
    EngineVersion: instance.engineVersion,
    AutoMinorVersionUpgrade: true,
    ReadReplicaSourceDBInstanceIdentifier: instance.replicaSource,
    ReadReplicaDBInstanceIdentifiers: { ReadReplicaDBInstanceIdentifier: instance.replicas },
    LicenseModel: 'postgresql-license',
    PubliclyAccessible: false,
    StatusInfos: statusInfos(state, instance, now),
    StorageType: 'gp3',
    DbInstancePort: 0,
    StorageEncrypted: true,
    DbiResourceId: resourceIdOf(instance),
    CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    CopyTagsToSnapshot: false,
    MonitoringInterval: 0,
    DBInstanceArn: databaseArn(accountOf(state), instance.region, instance.identifier),
    IAMDatabaseAuthenticationEnabled: false,
    DeletionProtection: instance.deletionProtection ?? true,
    TagList: { Tag: Object.entries(instance.tags ?? {}).map(([Key, Value]) => ({ Key, Value })) },
    NetworkType: 'IPV4',
    BackupTarget: 'region',
  };
}

/** World milliseconds after which RDS says that a replica hears nothing of its source. */
const NOTICED_AFTER = 60_000;

/** Of a replica: whether it replicates, and why not. */
function statusInfos(state: WorldState, instance: RdsInstance, now: number): Xml {
  if (instance.replicaSource === undefined) return undefined;
  const Message = replicationError(state, instance, now);
  return {
    DBInstanceStatusInfo:
      Message === undefined
        ? { StatusType: 'read replication', Normal: true, Status: 'replicating' }
        : { StatusType: 'read replication', Normal: false, Status: 'error', Message },
  };
}

function replicationError(state: WorldState, { identifier, lost, ...replica }: RdsInstance, now: number) {
  if (state.faults.some(({ name, target }) => name === 'broken-replica' && target === identifier)) {
    return 'could not receive data from WAL stream: ERROR: requested WAL segment has already been removed';
  }
  if (lost) return 'could not connect to the replica';
  const since = sourceGoneSince(state, replica);
  return since !== undefined && now - since >= NOTICED_AFTER
    ? 'could not connect to the primary server: timeout expired'
    : undefined;
}

/** Since when (world time) a replica cannot reach its source; undefined while it can. */
function sourceGoneSince(
  state: WorldState,
  { region, replicaSource = '' }: Pick<RdsInstance, 'region' | 'replicaSource'>,
): number | undefined {
  const arn = readDatabaseArn(replicaSource);
  const source = lookUp(state.rds[arn?.region ?? region], arn?.identifier ?? replicaSource);
  return source?.lost?.since ?? brokenSince(state, region, arn?.region ?? region);
}
