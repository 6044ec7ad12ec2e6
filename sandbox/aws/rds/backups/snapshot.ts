import { databaseInstances } from '../../../world/database-address.ts';
import type { WorldState } from '../../../world/state.ts';
import type { World } from '../../../world/world.ts';
import { accountOf } from '../../arn.ts';
import { AwsError } from '../../errors.ts';
import { lookUp } from '../../look-up.ts';
import { timestamp, type Xml } from '../../xml.ts';
import { resourceIdOf } from '../resource-id.ts';
import type { RdsInstance } from '../state.ts';
import type { BackupHooks } from './hooks.ts';
import { Jobs } from './jobs.ts';
import type { RdsSnapshot } from './state.ts';

const DAY = 86_400_000;
/** Into the usual backup window, 03:00-03:30 UTC. */
const NIGHTLY_AT = 3 * 3_600_000 + 7 * 60_000;
const NIGHTLY_TAKES = 4 * 60_000;
/** From CreateDBSnapshot to `available`, world seconds. */
const SNAPSHOT_SECONDS = [60, 180] as const;
const COMPLETE = 'rds.snapshot-completes';
const FIRST = 'rds.first-backup-is-taken';
const TAKE = 'rds.snapshot-is-taken';
/** Later than every moment. */
export const NOT_YET = Number.MAX_SAFE_INTEGER;
/** What every instance held when the world began: the nightly snapshots before it, and the base of its log. */
export const copyOfBeginning = (instance: string) => `rds-beginning-${instance}`;

export function snapshotsOf(state: WorldState, region: string): Record<string, RdsSnapshot> {
  state.rdsSnapshots ??= {};
  state.rdsSnapshots[region] ??= {};
  return state.rdsSnapshots[region];
}

/** Throws DBSnapshotNotFound. */
export function findSnapshot(state: WorldState, region: string, identifierOrArn: string): RdsSnapshot {
  const identifier = identifierOrArn.replace(/^arn:aws:rds:[^:]+:\d{12}:snapshot:/, '').toLowerCase();
  const found = lookUp(snapshotsOf(state, region), identifier);
  if (!found) throw new AwsError('DBSnapshotNotFound', `DBSnapshot ${identifier} not found.`, 404);
  return found;
}

export function renderSnapshot(
  state: WorldState,
  snapshot: RdsSnapshot,
  now: number,
): { readonly [name: string]: Xml } {
  const { region, identifier, startedAt, endsAt, status } = snapshot;
  const share = Math.min(1, Math.max(0, (now - startedAt) / Math.max(1, endsAt - startedAt)));
  return {
    DBSnapshotIdentifier: identifier,
    DBInstanceIdentifier: snapshot.instance,
    SnapshotCreateTime: timestamp(startedAt),
    OriginalSnapshotCreateTime: timestamp(startedAt),
    Engine: 'postgres',
    AllocatedStorage: 100,
    Status: status,
    Port: snapshot.port,
    AvailabilityZone: `${region}a`,
    InstanceCreateTime: timestamp(state.startedAt - 400 * DAY),
    MasterUsername: 'postgres',
    EngineVersion: snapshot.engineVersion,
    LicenseModel: 'postgresql-license',
    SnapshotType: snapshot.kind,
    // It is complete only when it is available.
    PercentProgress: status === 'available' ? 100 : Math.min(99, Math.floor(share * 100)),
    StorageType: 'gp3',
    Encrypted: true,
    DBSnapshotArn: `arn:aws:rds:${region}:${accountOf(state)}:snapshot:${identifier}`,
    IAMDatabaseAuthenticationEnabled: false,
    DbiResourceId: snapshot.resourceId,
    SnapshotTarget: 'region',
  };
}

/** Begins a snapshot of an available instance; it becomes available by itself. */
export function beginSnapshot(world: World, instance: RdsInstance, identifier: string): RdsSnapshot {
  const { region } = instance;
  const duration = world.latency(SNAPSHOT_SECONDS, 'rds.snapshot', `${region}/${instance.identifier}`);
  const now = world.clock.now();
  const snapshot: RdsSnapshot = {
    ...settingsOf(instance),
    identifier,
    kind: 'manual',
    startedAt: now,
    endsAt: now + duration,
    status: 'creating',
    copy: `rds-snapshot-${region}-${identifier}`,
  };
  snapshotsOf(world.state, region)[identifier] = snapshot;
  world.recordTransition({
    service: 'rds',
    region,
    kind: 'snapshot',
    resource: identifier,
    from: now,
    to: now + duration,
  });
  // A Multi-AZ instance is copied from its standby; the status of either is the same.
  instance.status = 'backing-up';
  world.schedule(0, TAKE, { region, identifier });
  world.schedule(duration, COMPLETE, { region, identifier });
  return snapshot;
}

/** Name of the copy that an instance's log goes on from. */
export function baseCopyOf(instance: RdsInstance): string {
  return `rds-base-${resourceIdOf(instance)}`;
}

/** Lets a primary that has had no backup take its first one; until it is complete, no point in time can be restored. */
export function beginFirstBackup(world: World, instance: RdsInstance): void {
  if (instance.backupRetentionDays === 0) return;
  instance.backedUpSince = NOT_YET;
  delete instance.baseCopy;
  world.schedule(0, FIRST, { region: instance.region, identifier: instance.identifier });
}

/**
 * Gives the world the nightly snapshots of its past, and teaches it how snapshots go on. Resolves when what they hold is
 * kept: whatever is written before that may be in them.
 */
export async function handleSnapshots(world: World, hooks: BackupHooks): Promise<void> {
  const { state } = world;
  const jobs = new Jobs();
  const key = (snapshot: RdsSnapshot) => `${snapshot.region}/${snapshot.identifier}`;
  const take = (snapshot: RdsSnapshot) =>
    jobs.begin(key(snapshot), () => hooks.keepCopy(currentName(state, snapshot), snapshot.copy));
  if (state.rdsSnapshots === undefined) {
    state.rdsSnapshots = {};
    for (const instance of databaseInstances(state)) {
      if (instance.cluster !== undefined) continue;
      addNightly(state, instance);
      if (instance.backupRetentionDays > 0) instance.baseCopy = copyOfBeginning(instance.identifier);
    }
  }
  world.handle(FIRST, (data) => {
    const instance = lookUp(state.rds[String(data.region)], String(data.identifier));
    if (!instance) return;
    const copy = instance.baseCopy ?? baseCopyOf(instance);
    jobs.begin(copy, () => hooks.keepCopy(instance.identifier, copy));
    jobs.whenDone(world, copy, FIRST, data, () => {
      instance.baseCopy = copy;
      // It can be restored to what is written from here on.
      if (instance.backedUpSince !== undefined) instance.backedUpSince = world.clock.now();
    });
  });

  world.handle(TAKE, ({ region, identifier }) => {
    const snapshot = lookUp(snapshotsOf(state, String(region)), String(identifier));
    if (snapshot) take(snapshot);
  });
  world.handle(COMPLETE, (data) => {
    const snapshot = lookUp(snapshotsOf(state, String(data.region)), String(data.identifier));
    if (!snapshot) return;
    take(snapshot);
    jobs.whenDone(world, key(snapshot), COMPLETE, data, () => {
      snapshot.status = 'available';
      const instance = lookUp(state.rds[snapshot.region], currentName(state, snapshot));
      if (instance?.status === 'backing-up') instance.status = 'available';
    });
  });
  const all = Object.values(state.rds).flatMap((byName) => Object.values(byName));
  // A world that goes on has them already.
  await Promise.all(
    all.flatMap(({ identifier, baseCopy }) => (baseCopy === undefined ? [] : [hooks.keepCopy(identifier, baseCopy)])),
  );
}

/** The instance's name now: it may have been renamed since. */
function currentName(state: WorldState, { region, resourceId, instance }: RdsSnapshot): string {
  const found = Object.values(state.rds[region] ?? {}).find((other) => resourceIdOf(other) === resourceId);
  return found?.identifier ?? instance;
}

function addNightly(state: WorldState, instance: RdsInstance): void {
  const midnight = Math.floor(state.startedAt / DAY) * DAY;
  const latest = midnight + NIGHTLY_AT + NIGHTLY_TAKES <= state.startedAt ? midnight : midnight - DAY;
  for (let night = 0; night < instance.backupRetentionDays; night += 1) {
    const startedAt = latest - night * DAY + NIGHTLY_AT;
    const moment = new Date(startedAt).toISOString().slice(0, 16).replace(/[T:]/g, '-');
    const identifier = `rds:${instance.identifier}-${moment}`;
    snapshotsOf(state, instance.region)[identifier] = {
      ...settingsOf(instance),
      identifier,
      kind: 'automated',
      startedAt,
      endsAt: startedAt + NIGHTLY_TAKES,
      status: 'available',
      copy: copyOfBeginning(instance.identifier),
    };
  }
}

function settingsOf(instance: RdsInstance) {
  return {
    region: instance.region,
    instance: instance.identifier,
    resourceId: resourceIdOf(instance),
    instanceClass: instance.instanceClass,
    engineVersion: instance.engineVersion,
    port: instance.port,
    ...(instance.databaseName === undefined ? {} : { databaseName: instance.databaseName }),
  };
}
