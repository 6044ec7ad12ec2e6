import {
  CreateDBInstanceReadReplicaCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import { z } from 'zod';
import { askRds, orNothing } from './ask-rds.ts';

/** What an instance made beside another one takes over: by itself RDS would take the account's defaults. */
export interface DatabaseSettings {
  /** Its name by now. */
  instance: string;
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
  /** Epoch milliseconds; undefined while RDS makes it. */
  createdAt: number | undefined;
  tags: Record<string, string>;
}

type Settings = Pick<
  DatabaseSettings,
  'instanceClass' | 'multiAz' | 'deletionProtection' | 'subnetGroup' | 'securityGroups' | 'parameterGroup'
>;

type Groups = Pick<Settings, 'subnetGroup' | 'securityGroups' | 'parameterGroup'>;

/**
 * What is made of an instance, renamed and deleted. Calls that change something throw Permanent with the service's code
 * (`rds.db-instance-already-exists`, `rds.db-snapshot-not-found`, `rds.invalid-db-instance-state`,
 * `rds.point-in-time-restore-not-enabled`, `rds.invalid-restore`); all throw Retryable when the region does not answer.
 */
export interface RdsInstances {
  /** Undefined when there is no instance of that name. */
  settings(region: string, instance: string, signal: AbortSignal): Promise<DatabaseSettings | undefined>;
  /** The same by RDS's own id, whatever it is called by now. */
  byResourceId(region: string, resourceId: string, signal: AbortSignal): Promise<DatabaseSettings | undefined>;
  restoreSnapshot(
    region: string,
    call: { snapshot: string; target: string; like: Settings; tags: Record<string, string> },
    signal: AbortSignal,
  ): Promise<void>;
  /** `at` in epoch milliseconds. */
  restoreToPointInTime(
    region: string,
    call: { source: string; target: string; at: number; like: Settings; tags: Record<string, string> },
    signal: AbortSignal,
  ): Promise<void>;
  /** `source` is an ARN where it is in another region; then `groups` are those of the replica's own. */
  createReplica(
    region: string,
    call: { source: string; target: string; like: Settings; groups?: Groups | undefined; kmsKey?: string | undefined },
    signal: AbortSignal,
  ): Promise<void>;
  rename(region: string, instance: string, to: string, signal: AbortSignal): Promise<void>;
  /** Lets an instance be deleted, which its protection refuses otherwise. */
  allowDeletion(region: string, instance: string, signal: AbortSignal): Promise<void>;
  /** Deletes a read replica: all that it has, its source has too. */
  deleteReplica(region: string, instance: string, signal: AbortSignal): Promise<void>;
}

const Instance = z.object({
  DBInstanceIdentifier: z.string().default(''),
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
  InstanceCreateTime: z.date().optional(),
  TagList: z.array(z.object({ Key: z.string().default(''), Value: z.string().default('') })).default([]),
  DBSubnetGroup: z.object({ DBSubnetGroupName: z.string().optional() }).optional(),
  VpcSecurityGroups: z.array(z.object({ VpcSecurityGroupId: z.string() })).default([]),
  DBParameterGroups: z.array(z.object({ DBParameterGroupName: z.string() })).default([]),
});

export function createRdsInstances(
  readerOf: (region: string) => RDSClient,
  writerOf: (region: string) => RDSClient,
): RdsInstances {
  return {
    settings: (region, instance, signal) =>
      orNothing('rds.db-instance-not-found', async () => {
        const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance });
        const { DBInstances } = await askRds(region, instance, () =>
          readerOf(region).send(command, { abortSignal: signal }),
        );
        const [found] = DBInstances ?? [];
        return found && settingsOf(Instance.parse(found));
      }),
    async byResourceId(region, resourceId, signal) {
      const command = new DescribeDBInstancesCommand({
        Filters: [{ Name: 'dbi-resource-id', Values: [resourceId] }],
      });
      const { DBInstances } = await askRds(region, resourceId, () =>
        readerOf(region).send(command, { abortSignal: signal }),
      );
      const [found] = DBInstances ?? [];
      return found && settingsOf(Instance.parse(found));
    },
    async restoreSnapshot(region, { snapshot, target, like, tags }, signal) {
      const command = new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: target,
        DBSnapshotIdentifier: snapshot,
        Tags: tagsOf(tags),
        ...requestOf(like),
      });
      await askRds(region, target, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async restoreToPointInTime(region, { source, target, at, like, tags }, signal) {
      const command = new RestoreDBInstanceToPointInTimeCommand({
        SourceDBInstanceIdentifier: source,
        TargetDBInstanceIdentifier: target,
        RestoreTime: new Date(at),
        Tags: tagsOf(tags),
        ...requestOf(like),
      });
      await askRds(region, target, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async createReplica(region, { source, target, like, groups, kmsKey }, signal) {
      // In its source's region RDS takes subnets and parameters over by itself.
      const { DBSubnetGroupName: _subnets, DBParameterGroupName: _parameters, ...near } = requestOf(like);
      const command = new CreateDBInstanceReadReplicaCommand({
        DBInstanceIdentifier: target,
        SourceDBInstanceIdentifier: source,
        ...(groups ? requestOf({ ...like, ...groups }) : near),
        ...(kmsKey === undefined ? {} : { KmsKeyId: kmsKey }),
      });
      await askRds(region, target, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async rename(region, instance, to, signal) {
      const command = new ModifyDBInstanceCommand({
        DBInstanceIdentifier: instance,
        NewDBInstanceIdentifier: to,
        ApplyImmediately: true,
      });
      await askRds(region, instance, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async allowDeletion(region, instance, signal) {
      const command = new ModifyDBInstanceCommand({
        DBInstanceIdentifier: instance,
        DeletionProtection: false,
        ApplyImmediately: true,
      });
      await askRds(region, instance, () => writerOf(region).send(command, { abortSignal: signal }));
    },
    async deleteReplica(region, instance, signal) {
      // RDS takes no final snapshot of a replica, and refuses to be asked for one.
      const command = new DeleteDBInstanceCommand({ DBInstanceIdentifier: instance, SkipFinalSnapshot: true });
      await askRds(region, instance, () => writerOf(region).send(command, { abortSignal: signal }));
    },
  };
}

function settingsOf(found: z.infer<typeof Instance>): DatabaseSettings {
  return {
    instance: found.DBInstanceIdentifier,
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
    createdAt: found.InstanceCreateTime?.getTime(),
    tags: Object.fromEntries(found.TagList.map(({ Key, Value }) => [Key, Value])),
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

function tagsOf(tags: Record<string, string>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
