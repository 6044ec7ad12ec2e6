import {
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import { z } from 'zod';
import { Permanent } from '../../domain/errors.ts';
import { translateAwsError } from './errors.ts';

export interface DatabaseSnapshot {
  identifier: string;
  /** Its data are as of then; world time, epoch milliseconds. */
  at: number;
  /** `creating`, `available`, `failed` as RDS says. */
  status: string;
  /** `automated` or `manual`. */
  kind: string;
  /** 0 to 100. */
  percent: number;
}

/** From when to when an instance can be restored to a point in time; epoch milliseconds. */
export interface RestoreWindow {
  earliest: number;
  latest: number;
}

/** What an instance made beside another one takes over: by itself RDS would take the account's defaults. */
export interface DatabaseSettings {
  /** Names the instance whatever it is called. */
  resourceId: string;
  arn: string;
  /** The service's own words: `available`, `creating`, `renaming`. */
  status: string;
  endpoint: string;
  port: number;
  /** Identifier of its source; '' when it is no replica. */
  replicaOf: string;
  instanceClass: string;
  multiAz: boolean;
  deletionProtection: boolean;
  backupRetentionDays: number;
  subnetGroup: string | undefined;
  securityGroups: string[];
  parameterGroup: string | undefined;
  encrypted: boolean;
}

type Settings = Pick<
  DatabaseSettings,
  'instanceClass' | 'multiAz' | 'deletionProtection' | 'subnetGroup' | 'securityGroups' | 'parameterGroup'
>;

/**
 * Backups of RDS and what is made of them. Calls that change something throw Permanent with the service's code
 * (`rds.db-instance-already-exists`, `rds.db-snapshot-not-found`, `rds.invalid-db-instance-state`,
 * `rds.point-in-time-restore-not-enabled`, `rds.invalid-restore`); all throw Retryable when the region does not answer.
 */
export interface RdsBackups {
  /** Undefined when there is no instance of that name. */
  settings(region: string, instance: string, signal: AbortSignal): Promise<DatabaseSettings | undefined>;
  /** Snapshots of one instance, by the name that it had then; newest first. */
  snapshots(region: string, instance: string, signal: AbortSignal): Promise<DatabaseSnapshot[]>;
  /** Undefined when there is none of that name. */
  snapshot(region: string, snapshot: string, signal: AbortSignal): Promise<DatabaseSnapshot | undefined>;
  /** Undefined when no backups are kept of it, or none is complete yet. */
  window(region: string, instance: string, signal: AbortSignal): Promise<RestoreWindow | undefined>;
  createSnapshot(region: string, call: { instance: string; snapshot: string }, signal: AbortSignal): Promise<void>;
  restoreSnapshot(
    region: string,
    call: { snapshot: string; target: string; like: Settings },
    signal: AbortSignal,
  ): Promise<void>;
  /** `at` in epoch milliseconds. */
  restoreToPointInTime(
    region: string,
    call: { source: string; target: string; at: number; like: Settings },
    signal: AbortSignal,
  ): Promise<void>;
  /** `source` is an ARN where it is in another region. */
  createReplica(
    region: string,
    call: { source: string; sourceRegion: string; target: string; like: Settings; kmsKey?: string | undefined },
    signal: AbortSignal,
  ): Promise<void>;
  rename(region: string, instance: string, to: string, signal: AbortSignal): Promise<void>;
  /** Lets an instance be deleted, which its protection refuses otherwise. */
  allowDeletion(region: string, instance: string, signal: AbortSignal): Promise<void>;
  /** Deletes a read replica: all that it has, its source has too. */
  deleteReplica(region: string, instance: string, signal: AbortSignal): Promise<void>;
}

const Instance = z.object({
  DbiResourceId: z.string().default(''),
  DBInstanceArn: z.string().default(''),
  DBInstanceStatus: z.string(),
  DBInstanceClass: z.string().default(''),
  Endpoint: z.object({ Address: z.string().default(''), Port: z.number().default(0) }).optional(),
  ReadReplicaSourceDBInstanceIdentifier: z.string().optional(),
  MultiAZ: z.boolean().default(false),
  DeletionProtection: z.boolean().default(false),
  BackupRetentionPeriod: z.number().default(0),
  StorageEncrypted: z.boolean().default(false),
  DBSubnetGroup: z.object({ DBSubnetGroupName: z.string().optional() }).optional(),
  VpcSecurityGroups: z.array(z.object({ VpcSecurityGroupId: z.string() })).default([]),
  DBParameterGroups: z.array(z.object({ DBParameterGroupName: z.string() })).default([]),
});

const Snapshots = z.object({
  Marker: z.string().optional(),
  DBSnapshots: z
    .array(
      z.object({
        DBSnapshotIdentifier: z.string(),
        SnapshotCreateTime: z.date().optional(),
        OriginalSnapshotCreateTime: z.date().optional(),
        Status: z.string().default(''),
        SnapshotType: z.string().default(''),
        PercentProgress: z.number().default(0),
      }),
    )
    .default([]),
});

const Backups = z.object({
  DBInstanceAutomatedBackups: z
    .array(
      z.object({
        Status: z.string().default(''),
        RestoreWindow: z.object({ EarliestTime: z.date().optional(), LatestTime: z.date().optional() }).optional(),
      }),
    )
    .default([]),
});

export function createRdsBackups(
  readerOf: (region: string) => RDSClient,
  writerOf: (region: string) => RDSClient,
): RdsBackups {
  return {
    settings: (region, instance, signal) =>
      orNothing('rds.db-instance-not-found', async () => {
        const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance });
        const { DBInstances } = await asked(region, instance, () =>
          readerOf(region).send(command, { abortSignal: signal }),
        );
        const [found] = DBInstances ?? [];
        return found && settingsOf(Instance.parse(found));
      }),
    async snapshots(region, instance, signal) {
      const found: DatabaseSnapshot[] = [];
      for (let marker: string | undefined; ; ) {
        const command = new DescribeDBSnapshotsCommand({
          DBInstanceIdentifier: instance,
          ...(marker === undefined ? {} : { Marker: marker }),
        });
        const answer = Snapshots.parse(
          await asked(region, instance, () => readerOf(region).send(command, { abortSignal: signal })),
        );
        found.push(...answer.DBSnapshots.map(snapshotOf));
        if (!answer.Marker) return found.sort((one, other) => other.at - one.at);
        marker = answer.Marker;
      }
    },
    snapshot: (region, snapshot, signal) =>
      orNothing('rds.db-snapshot-not-found', async () => {
        const command = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: snapshot });
        const answer = await asked(region, snapshot, () => readerOf(region).send(command, { abortSignal: signal }));
        return Snapshots.parse(answer).DBSnapshots.map(snapshotOf)[0];
      }),
    async window(region, instance, signal) {
      const command = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: instance });
      const answer = await asked(region, instance, () => readerOf(region).send(command, { abortSignal: signal }));
      const backups = Backups.parse(answer).DBInstanceAutomatedBackups;
      // Backups that are retained of an instance which is gone have other words.
      const { EarliestTime, LatestTime } = backups.find(({ Status }) => Status === 'active')?.RestoreWindow ?? {};
      if (!EarliestTime || !LatestTime) return undefined;
      return { earliest: EarliestTime.getTime(), latest: LatestTime.getTime() };
    },
    async createSnapshot(region, { instance, snapshot }, signal) {
      const command = new CreateDBSnapshotCommand({ DBInstanceIdentifier: instance, DBSnapshotIdentifier: snapshot });
      await asked(region, snapshot, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async restoreSnapshot(region, { snapshot, target, like }, signal) {
      const command = new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: target,
        DBSnapshotIdentifier: snapshot,
        ...requestOf(like),
      });
      await asked(region, target, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async restoreToPointInTime(region, { source, target, at, like }, signal) {
      const command = new RestoreDBInstanceToPointInTimeCommand({
        SourceDBInstanceIdentifier: source,
        TargetDBInstanceIdentifier: target,
        RestoreTime: new Date(at),
        ...requestOf(like),
      });
      await asked(region, target, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async createReplica(region, { source, sourceRegion, target, like, kmsKey }, signal) {
      const {
        DBSubnetGroupName: _subnets,
        DBParameterGroupName: _parameters,
        VpcSecurityGroupIds,
        ...settings
      } = requestOf(like);
      const near = region === sourceRegion;
      const command = new CreateDBInstanceReadReplicaCommand({
        DBInstanceIdentifier: target,
        SourceDBInstanceIdentifier: source,
        ...settings,
        // Groups and keys are of a region; in its source's, RDS takes them over.
        ...(near ? { VpcSecurityGroupIds } : {}),
        ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
      });
      await asked(region, target, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async rename(region, instance, to, signal) {
      const command = new ModifyDBInstanceCommand({
        DBInstanceIdentifier: instance,
        NewDBInstanceIdentifier: to,
        ApplyImmediately: true,
      });
      await asked(region, instance, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async allowDeletion(region, instance, signal) {
      const command = new ModifyDBInstanceCommand({
        DBInstanceIdentifier: instance,
        DeletionProtection: false,
        ApplyImmediately: true,
      });
      await asked(region, instance, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async deleteReplica(region, instance, signal) {
      // RDS takes no final snapshot of a replica, and refuses to be asked for one.
      const command = new DeleteDBInstanceCommand({ DBInstanceIdentifier: instance, SkipFinalSnapshot: true });
      await asked(region, instance, () => writerOf(region).send(command, { abortSignal: signal }));
    },
  };
}

async function asked<Answer>(region: string, what: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw translateAwsError(error, 'rds', `RDS in ${region}, ${what}`);
  }
}

async function orNothing<Found>(code: string, look: () => Promise<Found | undefined>): Promise<Found | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Permanent && error.code === code) return undefined;
    throw error;
  }
}

function settingsOf(found: z.infer<typeof Instance>): DatabaseSettings {
  return {
    resourceId: found.DbiResourceId,
    arn: found.DBInstanceArn,
    status: found.DBInstanceStatus,
    endpoint: found.Endpoint?.Address ?? '',
    port: found.Endpoint?.Port ?? 0,
    replicaOf: found.ReadReplicaSourceDBInstanceIdentifier?.split(':').at(-1) ?? '',
    instanceClass: found.DBInstanceClass,
    multiAz: found.MultiAZ,
    deletionProtection: found.DeletionProtection,
    backupRetentionDays: found.BackupRetentionPeriod,
    subnetGroup: found.DBSubnetGroup?.DBSubnetGroupName,
    securityGroups: found.VpcSecurityGroups.map(({ VpcSecurityGroupId }) => VpcSecurityGroupId),
    parameterGroup: found.DBParameterGroups[0]?.DBParameterGroupName,
    encrypted: found.StorageEncrypted,
  };
}

function snapshotOf(found: z.infer<typeof Snapshots>['DBSnapshots'][number]): DatabaseSnapshot {
  return {
    identifier: found.DBSnapshotIdentifier,
    // A copy has a new create time; the data are as of the original's.
    at: (found.OriginalSnapshotCreateTime ?? found.SnapshotCreateTime)?.getTime() ?? 0,
    status: found.Status,
    kind: found.SnapshotType,
    percent: found.PercentProgress,
  };
}

function requestOf(like: Settings) {
  const { instanceClass, multiAz, deletionProtection, subnetGroup, securityGroups, parameterGroup } = like;
  return {
    DBInstanceClass: instanceClass,
    MultiAZ: multiAz,
    DeletionProtection: deletionProtection,
    DBSubnetGroupName: subnetGroup,
    DBParameterGroupName: parameterGroup,
    VpcSecurityGroupIds: securityGroups,
  };
}
