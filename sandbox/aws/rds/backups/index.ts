import type { World } from '../../../world/world.ts';
import { createDBSnapshot } from './create-db-snapshot.ts';
import { createDBInstanceReadReplica } from './create-read-replica.ts';
import { handleCreations } from './creation.ts';
import { deleteDBInstance } from './delete-db-instance.ts';
import { handleDeletions } from './deletion.ts';
import { describeDBInstanceAutomatedBackups } from './describe-automated-backups.ts';
import { describeDBSnapshots } from './describe-db-snapshots.ts';
import type { BackupHooks } from './hooks.ts';
import { modifyDBInstance } from './modify-db-instance.ts';
import { handleRenamings } from './renaming.ts';
import { restoreDBInstanceFromDBSnapshot } from './restore-from-db-snapshot.ts';
import { restoreDBInstanceToPointInTime } from './restore-to-point-in-time.ts';
import { handleSnapshots } from './snapshot.ts';

export { type BackupHooks, NO_SERVERS } from './hooks.ts';

export const backupOperations = [
  createDBInstanceReadReplica,
  createDBSnapshot,
  deleteDBInstance,
  describeDBInstanceAutomatedBackups,
  describeDBSnapshots,
  modifyDBInstance,
  restoreDBInstanceFromDBSnapshot,
  restoreDBInstanceToPointInTime,
];

/**
 * Teaches the world how snapshots, new instances and renamings go on. Must be called before `world.start()`. Resolves when
 * the nightly snapshots of the past are kept, so that nobody should write before.
 */
export async function handleBackups(world: World, hooks: BackupHooks): Promise<void> {
  handleCreations(world, hooks);
  handleRenamings(world, hooks);
  handleDeletions(world, hooks);
  await handleSnapshots(world, hooks);
}
