import {
  CreateDBInstanceReadReplicaCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBSnapshotsCommand,
  DescribeGlobalClustersCommand,
  FailoverDBClusterCommand,
  FailoverGlobalClusterCommand,
  ModifyDBInstanceCommand,
  RebootDBInstanceCommand,
  RestoreDBInstanceToPointInTimeCommand,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { standingStill } from '../../../support/standing-still.ts';
import { EAST, refusal, until, WEST } from '../sandbox.ts';
import { type Served, startServed } from './served.ts';

const WRITER = 'chatbot-prod';
const READER = 'chatbot-prod-reader';
const CLUSTER = 'chatbot-prod-cluster';
const GLOBAL = 'chatbot-prod-global';
const FAR = 'chatbot-prod-replica-west';
const FAR_CLUSTER = `${FAR}-cluster`;
const ENDPOINT = `${CLUSTER}.cluster-c1a2b3.${EAST}.rds.amazonaws.com`;
const FAR_ENDPOINT = `${FAR_CLUSTER}.cluster-c1a2b3.${WEST}.rds.amazonaws.com`;
const arnOf = (region: string, cluster: string) => `arn:aws:rds:${region}:123456789012:cluster:${cluster}`;

let served: Served;
beforeAll(async () => {
  served = await startServed('aurora', 120);
});
afterEach(() => {
  for (const fault of [...served.sandbox.world.state.faults]) served.sandbox.world.switchFault(fault, false);
});
afterAll(() => served.close());

async function cluster(identifier = CLUSTER, region = EAST) {
  const command = new DescribeDBClustersCommand({ DBClusterIdentifier: identifier });
  const found = (await served.sandbox.rds(region).send(command)).DBClusters?.[0];
  const writer = found?.DBClusterMembers?.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
  return { ...found, writer };
}

async function global() {
  const command = new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: GLOBAL });
  return (await served.sandbox.rds(WEST).send(command)).GlobalClusters?.[0];
}

const untilAvailable = (identifier = CLUSTER, region = EAST) =>
  until(async () => ((await cluster(identifier, region)).Status === 'available' ? true : undefined), 30);
const untilReplicated = (instance: string, id: number) =>
  until(async () => ((await served.ids(instance).catch((): number[] => [])).includes(id) ? true : undefined), 30);
const failover = (TargetDBInstanceIdentifier?: string, DBClusterIdentifier = CLUSTER, region = EAST) =>
  served.sandbox.rds(region).send(new FailoverDBClusterCommand({ DBClusterIdentifier, TargetDBInstanceIdentifier }));

it('describes a cluster with its members and endpoints, in a global cluster with the other region', async () => {
  const near = await cluster();
  const far = await cluster(FAR_CLUSTER, WEST);

  expect(near).toMatchObject({
    Status: 'available',
    Engine: 'aurora-postgresql',
    Endpoint: ENDPOINT,
    MultiAZ: true,
    writer: WRITER,
    DBClusterMembers: [{ DBInstanceIdentifier: WRITER }, { DBInstanceIdentifier: READER }],
  });
  expect(far).toMatchObject({ writer: undefined, ReplicationSourceIdentifier: arnOf(EAST, CLUSTER) });
  expect((await global())?.GlobalClusterMembers).toMatchObject([
    { DBClusterArn: arnOf(EAST, CLUSTER), IsWriter: true },
    { DBClusterArn: arnOf(WEST, FAR_CLUSTER), IsWriter: false },
  ]);
  expect(await served.describe(READER)).toMatchObject({
    DBClusterIdentifier: CLUSTER,
    Engine: 'aurora-postgresql',
    AvailabilityZone: 'us-east-1b',
  });
});

describe('FailoverDBCluster', () => {
  it('makes the reader the writer at the same endpoint, loses nothing, and takes the old writer back as a reader', async () => {
    const id = await served.write(ENDPOINT);

    const { answer, meanwhile } = await standingStill(served.sandbox.world, async () => ({
      answer: await failover(READER),
      meanwhile: await refusal(failover()),
    }));
    await untilAvailable();
    const next = await served.write(ENDPOINT);

    expect(answer.DBCluster?.Status).toBe('failing-over');
    expect(meanwhile).toMatchObject({ name: 'InvalidDBClusterStateFault', status: 400 });
    expect((await cluster()).writer).toBe(READER);
    expect(await served.ids(READER)).toEqual(expect.arrayContaining([id, next]));
    await untilReplicated(WRITER, next);
    await untilReplicated(FAR, next);
    expect(await served.events('db-cluster', CLUSTER)).toEqual([
      `Started cross AZ failover to DB instance: ${READER}`,
      `Completed failover to DB instance: ${READER}`,
    ]);
  });

  it.each([
    ['nobody', CLUSTER, EAST, 'InvalidDBInstanceStateFault'],
    [READER, CLUSTER, EAST, 'InvalidDBClusterStateFault'],
    [undefined, FAR_CLUSTER, WEST, 'InvalidDBClusterStateFault'],
    [undefined, 'nothing', EAST, 'DBClusterNotFoundFault'],
  ])('refuses target %s of %s in %s as %s', async (target, name, region, error) => {
    expect((await refusal(failover(target, name, region))).name).toBe(error);
  });

  it('is the only failover that a cluster has', async () => {
    const reboot = new RebootDBInstanceCommand({ DBInstanceIdentifier: WRITER, ForceFailover: true });

    expect((await refusal(served.sandbox.rds(EAST).send(reboot))).name).toBe('InvalidParameterCombination');
  });
});

describe('what is the affair of the cluster', () => {
  const DBInstanceIdentifier = WRITER;
  it.each([
    [
      'a snapshot',
      new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier: 'one' }),
      'InvalidParameterValue',
    ],
    [
      'a read replica',
      new CreateDBInstanceReadReplicaCommand({
        DBInstanceIdentifier: 'one',
        SourceDBInstanceIdentifier: DBInstanceIdentifier,
      }),
      'InvalidParameterCombination',
    ],
    [
      'a restore',
      new RestoreDBInstanceToPointInTimeCommand({
        SourceDBInstanceIdentifier: DBInstanceIdentifier,
        TargetDBInstanceIdentifier: 'one',
        UseLatestRestorableTime: true,
      }),
      'InvalidParameterCombination',
    ],
    [
      'another retention',
      new ModifyDBInstanceCommand({ DBInstanceIdentifier, BackupRetentionPeriod: 9 }),
      'InvalidParameterCombination',
    ],
    [
      'another name',
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier,
        NewDBInstanceIdentifier: 'one',
        ApplyImmediately: true,
      }),
      'InvalidParameterCombination',
    ],
    [
      'an end',
      new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true }),
      'InvalidParameterCombination',
    ],
  ])('refuses %s for a member', async (_what, command, name) => {
    const refused = await refusal(served.sandbox.rds(EAST).send(command as CreateDBSnapshotCommand));

    expect(refused).toMatchObject({ name, message: expect.stringMatching(/members? of a cluster/) });
  });

  it('leaves members without backups of their own', async () => {
    const { DBSnapshots } = await served.sandbox.rds(EAST).send(new DescribeDBSnapshotsCommand({}));

    expect(DBSnapshots).toEqual([]);
    expect((await served.describe(WRITER))?.LatestRestorableTime).toBeUndefined();
  });
});

it('fails over by itself when the writer loses its host, and takes it back when that returns', async () => {
  const { world } = served.sandbox;
  const { writer = '' } = await cluster();
  const id = await served.write(ENDPOINT);

  world.switchFault({ name: 'database-crash', target: writer }, true);
  await until(async () => ((await cluster()).writer === writer ? undefined : true), 30);
  await untilAvailable();
  const next = await served.write(ENDPOINT);
  world.switchFault({ name: 'database-crash', target: writer }, false);

  expect(await served.ids((await cluster()).writer ?? '')).toContain(id);
  await untilReplicated(writer, next);
});

describe('a global cluster', () => {
  const switchover = (TargetDbClusterIdentifier: string) =>
    served.sandbox
      .rds(EAST)
      .send(new SwitchoverGlobalClusterCommand({ GlobalClusterIdentifier: GLOBAL, TargetDbClusterIdentifier }));
  const force = (TargetDbClusterIdentifier: string, AllowDataLoss?: boolean) =>
    served.sandbox
      .rds(WEST)
      .send(
        new FailoverGlobalClusterCommand({ GlobalClusterIdentifier: GLOBAL, TargetDbClusterIdentifier, AllowDataLoss }),
      );
  const untilSettled = () => until(async () => ((await global())?.Status === 'available' ? true : undefined), 30);

  it('moves to the other region without loss, and its members follow', async () => {
    const id = await served.write(ENDPOINT);

    const { GlobalCluster } = await switchover(arnOf(WEST, FAR_CLUSTER));
    await untilSettled();
    const next = await served.write(FAR_ENDPOINT);

    expect(GlobalCluster).toMatchObject({ Status: 'switching-over', FailoverState: { IsDataLossAllowed: false } });
    expect((await cluster(FAR_CLUSTER, WEST)).writer).toBe(FAR);
    expect(await served.ids(FAR)).toEqual(expect.arrayContaining([id, next]));
    await untilAvailable();
    await untilReplicated(WRITER, next);
    await untilReplicated(READER, next);
    await expect(served.write(ENDPOINT)).rejects.toThrow('read-only');
    await switchover(arnOf(EAST, CLUSTER));
    await untilSettled();
    await untilAvailable(FAR_CLUSTER, WEST);
    await untilReplicated(FAR, await served.write(ENDPOINT));
  });

  it('moves without the region that is down when data may be lost, and takes that back as a secondary', async () => {
    const { world } = served.sandbox;
    world.switchFault({ name: 'region-down', target: EAST }, true);

    const refused = await refusal(force(arnOf(WEST, FAR_CLUSTER)));
    await force(arnOf(WEST, FAR_CLUSTER), true);
    await untilSettled();
    const id = await served.write(FAR_ENDPOINT);
    world.switchFault({ name: 'region-down', target: EAST }, false);

    expect(refused.name).toBe('InvalidDBClusterStateFault');
    await untilReplicated(WRITER, id);
    await untilReplicated(READER, id);
  });

  it.each([
    ['chatbot-prod-cluster', 'InvalidParameterValue'],
    [arnOf(WEST, 'nothing'), 'DBClusterNotFoundFault'],
    [arnOf(WEST, FAR_CLUSTER), 'InvalidDBClusterStateFault'],
  ])('refuses to move to %s as %s', async (target, name) => {
    expect((await refusal(switchover(target))).name).toBe(name);
  });
});
