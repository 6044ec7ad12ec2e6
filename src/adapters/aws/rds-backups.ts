import {
  CreateDBSnapshotCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBSnapshotsCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { z } from 'zod';
import { askRds, orNothing } from './ask-rds.ts';

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

/**
 * Backups of RDS. `createSnapshot` throws Permanent with the service's code (`rds.db-snapshot-already-exists`,
 * `rds.invalid-db-instance-state`); all throw Retryable when the region does not answer.
 */
export interface RdsBackups {
  /** Snapshots of one instance, by the name that it had then; newest first. */
  snapshots(region: string, instance: string, signal: AbortSignal): Promise<DatabaseSnapshot[]>;
  /** Undefined when there is none of that name. */
  snapshot(region: string, snapshot: string, signal: AbortSignal): Promise<DatabaseSnapshot | undefined>;
  /** Undefined when no backups are kept of it, or none is complete yet. */
  window(region: string, instance: string, signal: AbortSignal): Promise<RestoreWindow | undefined>;
  createSnapshot(region: string, call: { instance: string; snapshot: string }, signal: AbortSignal): Promise<void>;
}

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
    async snapshots(region, instance, signal) {
      const found: DatabaseSnapshot[] = [];
      for (let marker: string | undefined; ; ) {
        const command = new DescribeDBSnapshotsCommand({
          DBInstanceIdentifier: instance,
          ...(marker === undefined ? {} : { Marker: marker }),
        });
        const answer = Snapshots.parse(
          await askRds(region, instance, () => readerOf(region).send(command, { abortSignal: signal })),
        );
        found.push(...answer.DBSnapshots.map(snapshotOf));
        if (!answer.Marker) return found.sort((one, other) => other.at - one.at);
        marker = answer.Marker;
      }
    },
    snapshot: (region, snapshot, signal) =>
      orNothing('rds.db-snapshot-not-found', async () => {
        const command = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: snapshot });
        const answer = await askRds(region, snapshot, () => readerOf(region).send(command, { abortSignal: signal }));
        return Snapshots.parse(answer).DBSnapshots.map(snapshotOf)[0];
      }),
    async window(region, instance, signal) {
      const command = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: instance });
      const answer = await askRds(region, instance, () => readerOf(region).send(command, { abortSignal: signal }));
      const backups = Backups.parse(answer).DBInstanceAutomatedBackups;
      // Backups that are retained of an instance which is gone have other words.
      const { EarliestTime, LatestTime } = backups.find(({ Status }) => Status === 'active')?.RestoreWindow ?? {};
      if (!EarliestTime || !LatestTime) return undefined;
      return { earliest: EarliestTime.getTime(), latest: LatestTime.getTime() };
    },
    async createSnapshot(region, { instance, snapshot }, signal) {
      const command = new CreateDBSnapshotCommand({ DBInstanceIdentifier: instance, DBSnapshotIdentifier: snapshot });
      await askRds(region, snapshot, () => writerOf(region).send(command, { abortSignal: signal }));
    },
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
