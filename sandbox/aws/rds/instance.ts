import { createHash } from 'node:crypto';
import type { RdsInstance, WorldState } from '../../world/state.ts';
import { accountOf, databaseArn, readDatabaseArn } from '../arn.ts';
import { AwsError } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import { timestamp, type Xml } from '../xml.ts';

const DAY = 86_400_000;

/** The instance by identifier (any case) or ARN, as the region's endpoint sees it; throws DBInstanceNotFound. */
export function findInstance(state: WorldState, region: string, identifierOrArn: string): RdsInstance {
  const arn = readDatabaseArn(identifierOrArn);
  const identifier = (arn?.identifier ?? identifierOrArn).toLowerCase();
  const found = arn && arn.region !== region ? undefined : lookUp(state.rds[region], identifier);
  if (!found) throw new AwsError('DBInstanceNotFound', `DBInstance ${identifier} not found.`, 404);
  return found;
}

/** `DBInstance` as RDS shows it. */
export function renderInstance(state: WorldState, instance: RdsInstance): { readonly [name: string]: Xml } {
  const resource = createHash('sha256').update(`${instance.region}/${instance.identifier}`).digest('hex');
  return {
    DBInstanceIdentifier: instance.identifier,
    DBInstanceClass: instance.instanceClass,
    Engine: 'postgres',
    DBInstanceStatus: instance.status,
    MasterUsername: 'postgres',
    DBName: instance.databaseName,
    Endpoint: { Address: instance.address, Port: instance.port },
    AllocatedStorage: 100,
    InstanceCreateTime: timestamp(state.startedAt - 400 * DAY),
    PreferredBackupWindow: instance.preferredBackupWindow ?? '03:00-03:30',
    BackupRetentionPeriod: instance.backupRetentionDays,
    DBSecurityGroups: '',
    VpcSecurityGroups: {
      VpcSecurityGroupMembership: { VpcSecurityGroupId: `sg-${resource.slice(0, 17)}`, Status: 'active' },
    },
    AvailabilityZone: `${instance.region}a`,
    PreferredMaintenanceWindow: 'sun:05:00-sun:05:30',
    PendingModifiedValues: '',
    MultiAZ: instance.multiAz,
    EngineVersion: instance.engineVersion,
    AutoMinorVersionUpgrade: true,
    ReadReplicaSourceDBInstanceIdentifier: instance.replicaSource,
    ReadReplicaDBInstanceIdentifiers: { ReadReplicaDBInstanceIdentifier: instance.replicas },
    LicenseModel: 'postgresql-license',
    PubliclyAccessible: false,
    StatusInfos: instance.replicaSource
      ? { DBInstanceStatusInfo: { StatusType: 'read replication', Normal: true, Status: 'replicating' } }
      : undefined,
    StorageType: 'gp3',
    DbInstancePort: 0,
    StorageEncrypted: true,
    DbiResourceId: `db-${resource.slice(0, 26).toUpperCase()}`,
    CACertificateIdentifier: 'rds-ca-rsa2048-g1',
    CopyTagsToSnapshot: false,
    MonitoringInterval: 0,
    DBInstanceArn: databaseArn(accountOf(state), instance.region, instance.identifier),
    IAMDatabaseAuthenticationEnabled: false,
    DeletionProtection: true,
    NetworkType: 'IPV4',
    BackupTarget: 'region',
  };
}
