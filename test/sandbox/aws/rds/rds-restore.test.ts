import {
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  waitUntilDBInstanceAvailable,
  waitUntilDBSnapshotAvailable,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { standingStill } from '../../../support/standing-still.ts';
import { EAST, type Sandbox, startSandbox, until, WEST } from '../sandbox.ts';

const PRIMARY = 'chatbot-prod';
const REPLICA = 'chatbot-prod-replica-west';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ speed: 1200 });
});
afterAll(() => sandbox.close());

const rds = (region = EAST) => sandbox.rds(region);
const describeOne = async (identifier: string, region = EAST) => {
  const { DBInstances } = await rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
  return DBInstances?.[0];
};
const available = (identifier: string, region = EAST) =>
  waitUntilDBInstanceAvailable(
    { client: rds(region), maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { DBInstanceIdentifier: identifier },
  );
const refusal = (code: string) => expect.objectContaining({ name: expect.stringContaining(code) });

describe('snapshots', () => {
  it('lists the nights before the world began, page by page', async () => {
    const { DBSnapshots = [] } = await rds().send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: PRIMARY }));

    expect(DBSnapshots).toHaveLength(7);
    expect(DBSnapshots.at(-1)).toMatchObject({
      DBSnapshotIdentifier: 'rds:chatbot-prod-2026-01-05-03-07',
      SnapshotType: 'automated',
      Status: 'available',
      PercentProgress: 100,
      SnapshotCreateTime: new Date('2026-01-05T03:07:00.000Z'),
    });
  });

  it('takes one by hand, shows how far it is, and refuses the same name, a missing instance, a missing snapshot', async () => {
    const input = { DBInstanceIdentifier: PRIMARY, DBSnapshotIdentifier: 'Before-Swap' };
    const { DBSnapshot } = await rds().send(new CreateDBSnapshotCommand(input));

    expect(DBSnapshot).toMatchObject({
      DBSnapshotIdentifier: 'before-swap',
      Status: 'creating',
      SnapshotType: 'manual',
    });
    expect(DBSnapshot?.PercentProgress).toBeLessThan(100);
    await expect(rds().send(new CreateDBSnapshotCommand(input))).rejects.toEqual(refusal('DBSnapshotAlreadyExists'));
    const other = { ...input, DBInstanceIdentifier: 'nothing', DBSnapshotIdentifier: 'other' };
    await expect(rds().send(new CreateDBSnapshotCommand(other))).rejects.toEqual(refusal('DBInstanceNotFound'));
    await waitUntilDBSnapshotAvailable(
      { client: rds(), maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
      { DBSnapshotIdentifier: 'before-swap' },
    );
    await expect(rds().send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'none' }))).rejects.toEqual(
      refusal('DBSnapshotNotFound'),
    );
    expect((await describeOne(PRIMARY))?.DBInstanceStatus).toBe('available');
  });
});

describe('restoring', () => {
  it('shows from when to when, and makes an instance beside: creating, backing-up, available', async () => {
    const backups = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: PRIMARY });
    const restore = new RestoreDBInstanceToPointInTimeCommand({
      SourceDBInstanceIdentifier: PRIMARY,
      TargetDBInstanceIdentifier: 'beside',
      UseLatestRestorableTime: true,
      VpcSecurityGroupIds: ['sg-services', 'sg-people'],
    });
    const { now, window, creating } = await standingStill(sandbox.world, async () => {
      const { DBInstanceAutomatedBackups } = await rds().send(backups);
      await rds().send(restore);
      return {
        now: sandbox.world.clock.now(),
        window: DBInstanceAutomatedBackups?.[0]?.RestoreWindow,
        creating: await describeOne('beside'),
      };
    });
    const same = rds().send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: 'beside',
        DBSnapshotIdentifier: 'rds:chatbot-prod-2026-01-05-03-07',
      }),
    );
    await expect(same).rejects.toEqual(refusal('DBInstanceAlreadyExists'));
    await available('beside');

    expect(now - (window?.EarliestTime?.getTime() ?? 0)).toBeGreaterThan(6.9 * 86_400_000);
    expect(now - (window?.LatestTime?.getTime() ?? 0)).toBeLessThanOrEqual(300_000);
    expect(creating).toMatchObject({ DBInstanceStatus: 'creating', DeletionProtection: false, MultiAZ: false });
    expect(creating?.Endpoint).toBeUndefined();
    // As they were sent; what was not sent is the account's default, and never what the source has.
    expect(creating?.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId)).toEqual(['sg-services', 'sg-people']);
    expect(creating?.DBSubnetGroup?.DBSubnetGroupName).toBe('default');
    expect(creating?.DBParameterGroups?.[0]?.DBParameterGroupName).toBe('default.postgres18');
    expect((await describeOne('beside'))?.Endpoint?.Address).toBe(`beside.c1a2b3.${EAST}.rds.amazonaws.com`);
    const took = sandbox.world.state.transitions.find(({ resource }) => resource === 'beside');
    expect((took?.to ?? 0) - (took?.from ?? 0)).toBeGreaterThanOrEqual(300_000);
  });

  it.each([
    ['a time that is not uploaded yet', PRIMARY, EAST, { RestoreTime: new Date('2030-01-01') }, 'InvalidRestore'],
    ['a time before the backups', PRIMARY, EAST, { RestoreTime: new Date('2025-01-01') }, 'InvalidRestore'],
    ['a replica', REPLICA, WEST, { UseLatestRestorableTime: true }, 'PointInTimeRestoreNotEnabled'],
    ['no time at all', PRIMARY, EAST, {}, 'InvalidParameterCombination'],
    ['an instance that does not exist', 'nothing', EAST, { UseLatestRestorableTime: true }, 'DBInstanceNotFound'],
  ])('refuses %s', async (_what, source, region, when, code) => {
    const restoring = rds(region).send(
      new RestoreDBInstanceToPointInTimeCommand({
        SourceDBInstanceIdentifier: source,
        TargetDBInstanceIdentifier: 'refused',
        ...when,
      }),
    );

    await expect(restoring).rejects.toEqual(refusal(code));
  });

  it('refuses a snapshot that does not exist, and a name that is none', async () => {
    const restore = (DBInstanceIdentifier: string, DBSnapshotIdentifier: string) =>
      rds().send(new RestoreDBInstanceFromDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier }));

    await expect(restore('other', 'none')).rejects.toEqual(refusal('DBSnapshotNotFound'));
    await expect(restore('no--name', 'none')).rejects.toEqual(refusal('InvalidParameterValue'));
  });
});

describe('a Multi-AZ instance that is restored', () => {
  const DBInstanceIdentifier = 'two-zones';

  it('is made in zones that work, cannot be deleted before it is there, and fails over', async () => {
    sandbox.world.switchFault({ name: 'zone-down', target: `${EAST}b` }, true);
    const restore = new RestoreDBInstanceFromDBSnapshotCommand({
      DBInstanceIdentifier,
      DBSnapshotIdentifier: 'rds:chatbot-prod-2026-01-05-03-07',
      MultiAZ: true,
    });
    const deletion = new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true });
    await standingStill(sandbox.world, async () => {
      await rds().send(restore);
      await expect(rds().send(deletion)).rejects.toEqual(refusal('InvalidDBInstanceState'));
    });
    sandbox.world.switchFault({ name: 'zone-down', target: `${EAST}b` }, false);
    await available(DBInstanceIdentifier);
    const before = await describeOne(DBInstanceIdentifier);

    sandbox.world.switchFault({ name: 'database-crash', target: DBInstanceIdentifier }, true);
    await until(() => (sandbox.world.state.rds[EAST]?.[DBInstanceIdentifier]?.zone === `${EAST}c` ? true : undefined));
    await available(DBInstanceIdentifier);
    sandbox.world.switchFault({ name: 'database-crash', target: DBInstanceIdentifier }, false);
    await rds().send(deletion);

    expect(before).toMatchObject({
      MultiAZ: true,
      AvailabilityZone: `${EAST}a`,
      SecondaryAvailabilityZone: `${EAST}c`,
    });
  });

  it('cannot have a name that another region has', async () => {
    const taken = rds().send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: REPLICA,
        DBSnapshotIdentifier: 'rds:chatbot-prod-2026-01-05-03-07',
      }),
    );

    await expect(taken).rejects.toThrow(`The identifier ${REPLICA} is taken in ${WEST}`);
  });
});

describe('a name', () => {
  it('moves to another instance: the swap of a restored one', async () => {
    const rename = (from: string, to: string) =>
      rds().send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: from,
          NewDBInstanceIdentifier: to,
          ApplyImmediately: true,
        }),
      );
    const old = await describeOne(PRIMARY);
    const restored = await describeOne('beside');

    await expect(rename('beside', PRIMARY)).rejects.toEqual(refusal('DBInstanceAlreadyExists'));
    const { world } = sandbox;
    world.switchFault({ name: 'database-overloaded', target: PRIMARY }, true);
    // It takes a moment of machine time at this speed: nothing passes while it is looked at.
    await standingStill(world, async () => {
      await rename(PRIMARY, 'chatbot-prod-replaced');
      expect((await describeOne(PRIMARY))?.DBInstanceStatus).toBe('renaming');
      await expect(rename(PRIMARY, 'another')).rejects.toEqual(refusal('InvalidDBInstanceState'));
    });
    await available('chatbot-prod-replaced');
    await rename('beside', PRIMARY);
    await available(PRIMARY);
    // RDS: the new name is in effect "in about 10 minutes".
    const renamings = world.state.transitions.filter(({ kind }) => kind === 'rename');
    expect(renamings.map(({ from, to }) => Math.abs((to - from) / 1000 - 600) <= 120)).toEqual([true, true]);

    // What befell the old instance is not the new one's.
    expect(world.state.faults).toEqual([
      expect.objectContaining({ name: 'database-overloaded', target: 'chatbot-prod-replaced' }),
    ]);
    world.switchFault({ name: 'database-overloaded', target: 'chatbot-prod-replaced' }, false);
    const now = await describeOne(PRIMARY);
    expect(now?.DbiResourceId).toBe(restored?.DbiResourceId);
    expect(now?.Endpoint?.Address).toBe(`chatbot-prod.c1a2b3.${EAST}.rds.amazonaws.com`);
    expect((await describeOne('chatbot-prod-replaced'))?.DbiResourceId).toBe(old?.DbiResourceId);
    // The replica in the other region goes on following the instance, not its name.
    expect((await describeOne(REPLICA, WEST))?.ReadReplicaSourceDBInstanceIdentifier).toMatch(
      /:chatbot-prod-replaced$/,
    );
  });
});

it('makes a replica in another region, which its source then lists', async () => {
  const source = `arn:aws:rds:${EAST}:123456789012:db:${PRIMARY}`;

  const create = (region: string, SourceDBInstanceIdentifier: string, KmsKeyId?: string) =>
    rds(region).send(
      new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: 'again', SourceDBInstanceIdentifier, KmsKeyId }),
    );

  await expect(create(WEST, source)).rejects.toThrow('Cannot create a cross region unencrypted read replica');
  await expect(create(EAST, PRIMARY, 'alias/aws/rds')).rejects.toThrow('does not require the KMS key parameter');
  await create(WEST, source, 'alias/aws/rds');
  await available('again', WEST);

  expect((await describeOne('again', WEST))?.ReadReplicaSourceDBInstanceIdentifier).toBe(source);
  expect((await describeOne(PRIMARY))?.ReadReplicaDBInstanceIdentifiers).toEqual([
    `arn:aws:rds:${WEST}:123456789012:db:again`,
  ]);
});
