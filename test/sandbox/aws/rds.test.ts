import {
  DescribeDBInstancesCommand,
  PromoteReadReplicaCommand,
  paginateDescribeDBInstances,
} from '@aws-sdk/client-rds';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { standingStill } from '../../support/standing-still.ts';
import { EAST, healthyState, refusal, type Sandbox, startSandbox, until, WEST } from './sandbox.ts';

const PRIMARY = 'chatbot-prod';
const REPLICA = 'chatbot-prod-replica-west';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function describeOne(region: string, instance: string) {
  const answer = await sandbox.rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
  return answer.DBInstances?.[0];
}

describe('DescribeDBInstances', () => {
  it('shows the primary and its cross-region replica, each naming the other by ARN', async () => {
    sandbox = await startSandbox();

    const primary = await describeOne(EAST, PRIMARY);
    const replica = await describeOne(WEST, REPLICA);

    expect(primary).toMatchObject({
      DBInstanceIdentifier: PRIMARY,
      DBInstanceStatus: 'available',
      Engine: 'postgres',
      MultiAZ: true,
      AvailabilityZone: 'us-east-1a',
      SecondaryAvailabilityZone: 'us-east-1b',
      Endpoint: { Address: 'chatbot-prod.c1a2b3.us-east-1.rds.amazonaws.com', Port: 5401 },
      ReadReplicaDBInstanceIdentifiers: [`arn:aws:rds:us-west-2:123456789012:db:${REPLICA}`],
      DBInstanceArn: 'arn:aws:rds:us-east-1:123456789012:db:chatbot-prod',
    });
    expect(primary?.ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
    expect(primary?.InstanceCreateTime).toBeInstanceOf(Date);
    expect(replica).toMatchObject({
      DBInstanceStatus: 'available',
      BackupRetentionPeriod: 0,
      Endpoint: { Address: `${REPLICA}.c1a2b3.us-west-2.rds.amazonaws.com`, Port: 5402 },
      ReadReplicaSourceDBInstanceIdentifier: 'arn:aws:rds:us-east-1:123456789012:db:chatbot-prod',
      ReadReplicaDBInstanceIdentifiers: [],
      StatusInfos: [{ StatusType: 'read replication', Normal: true, Status: 'replicating' }],
    });
  });

  it('says of a replica that it hears nothing of its source, a minute after that is gone', async () => {
    sandbox = await startSandbox({ speed: 600 });
    const { world } = sandbox;
    const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: REPLICA });
    const shown = async () => (await sandbox.rds(WEST).send(command)).DBInstances?.[0]?.StatusInfos?.[0];
    world.setSpeed(0);
    world.switchFault({ name: 'region-down', target: EAST }, true);

    const atOnce = await shown();
    world.setSpeed(600);
    await world.clock.sleep(60_000);
    const later = await shown();

    expect(atOnce).toMatchObject({ Normal: true, Status: 'replicating' });
    expect(later).toMatchObject({
      Normal: false,
      Status: 'error',
      Message: expect.stringContaining('could not connect to the primary'),
    });
  });

  it('finds by filter, and answers an empty list when nothing matches', async () => {
    sandbox = await startSandbox();
    const filter = (value: string) =>
      new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-instance-id', Values: ['other', value] }] });

    const found = await sandbox.rds().send(filter(REPLICA));
    const none = await sandbox.rds().send(filter('nobody'));

    expect(found.DBInstances?.map((instance) => instance.DBInstanceIdentifier)).toEqual([REPLICA]);
    expect(none.DBInstances).toEqual([]);
  });

  it('gives long lists in pages', async () => {
    const state = healthyState();
    const template = state.rds[WEST]?.[REPLICA];
    if (!template) throw new Error('the replica is missing');
    for (let number = 10; number < 55; number++) {
      const identifier = `other-${number}`;
      state.rds[WEST] = { ...state.rds[WEST], [identifier]: { ...template, identifier } };
    }
    sandbox = await startSandbox({ state });

    const pages = [];
    for await (const page of paginateDescribeDBInstances({ client: sandbox.rds(), pageSize: 20 }, {})) {
      pages.push(page.DBInstances?.map((instance) => instance.DBInstanceIdentifier) ?? []);
    }

    expect(pages.map((page) => page.length)).toEqual([20, 20, 6]);
    expect(new Set(pages.flat()).size).toBe(46);
  });

  it.each([
    [{ DBInstanceIdentifier: 'nobody' }, 'DBInstanceNotFoundFault', 'DBInstance nobody not found.', 404],
    [{ DBInstanceIdentifier: 'constructor' }, 'DBInstanceNotFoundFault', 'DBInstance constructor not found.', 404],
    [{ DBInstanceIdentifier: PRIMARY }, 'DBInstanceNotFoundFault', 'DBInstance chatbot-prod not found.', 404],
    [{ MaxRecords: 5 }, 'InvalidParameterValue', 'Invalid value 5 for MaxRecords. Must be between 20 and 100', 400],
    [{ Marker: 'made-up' }, 'InvalidParameterValue', 'Invalid marker', 400],
    [
      { Filters: [{ Name: 'colour', Values: ['blue'] }] },
      'InvalidParameterValue',
      'Unrecognized filter name: colour',
      400,
    ],
  ])('refuses %j', async (input, name, message, status) => {
    sandbox = await startSandbox();

    const refused = await refusal(sandbox.rds().send(new DescribeDBInstancesCommand(input)));

    expect(refused).toEqual({ name, message, status });
  });
});

describe('PromoteReadReplica', () => {
  const promote = (input: { BackupRetentionPeriod?: number; PreferredBackupWindow?: string } = {}) =>
    sandbox.rds().send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: REPLICA, ...input }));

  it('goes through modifying and rebooting, promotes the server, and only then is available without a source', async () => {
    let serverPromoted = () => {};
    const asked: string[] = [];
    sandbox = await startSandbox({
      promoteDatabase: (instanceId) => {
        asked.push(instanceId);
        return new Promise((resolve) => {
          serverPromoted = resolve;
        });
      },
    });
    const states: string[] = [];
    sandbox.world.on('changed', () => {
      const status = sandbox.world.state.rds[WEST]?.[REPLICA]?.status ?? 'gone';
      if (states.at(-1) !== status) states.push(status);
    });

    const answer = await promote({ BackupRetentionPeriod: 7, PreferredBackupWindow: '09:30-10:00' });
    const [transition] = sandbox.world.state.transitions;
    await until(() => (sandbox.world.clock.now() > (transition?.to ?? 0) + 5_000 ? true : undefined));
    const beforeServer = await describeOne(WEST, REPLICA);
    serverPromoted();
    const after = await until(async () => {
      const instance = await describeOne(WEST, REPLICA);
      return instance?.DBInstanceStatus === 'available' ? instance : undefined;
    });
    const primary = await describeOne(EAST, PRIMARY);

    expect(answer.DBInstance?.DBInstanceStatus).toBe('modifying');
    expect(beforeServer).toMatchObject({
      DBInstanceStatus: 'rebooting',
      ReadReplicaSourceDBInstanceIdentifier: 'arn:aws:rds:us-east-1:123456789012:db:chatbot-prod',
    });
    expect(asked).toEqual([REPLICA]);
    expect(after.ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
    expect(after).toMatchObject({ BackupRetentionPeriod: 7, PreferredBackupWindow: '09:30-10:00' });
    expect(primary?.ReadReplicaDBInstanceIdentifiers).toEqual([]);
    expect(states).toEqual(['modifying', 'rebooting', 'available']);
    const seconds = ((transition?.to ?? 0) - (transition?.from ?? 0)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(seconds).toBeLessThanOrEqual(240);
  });

  it('is carried out once: a second call meanwhile and one afterwards are refused', async () => {
    sandbox = await startSandbox();

    const meanwhile = await standingStill(sandbox.world, async () => {
      await promote();
      return refusal(promote());
    });
    await until(async () => ((await describeOne(WEST, REPLICA))?.DBInstanceStatus === 'available' ? true : undefined));
    const afterwards = await refusal(promote());

    expect(meanwhile).toMatchObject({ name: 'InvalidDBInstanceStateFault', status: 400 });
    expect(afterwards).toMatchObject({
      name: 'InvalidDBInstanceStateFault',
      message: 'DB Instance is not a read replica.',
    });
    const carriedOut = sandbox.world.state.calls.filter(({ mutating, status }) => mutating && status < 300);
    expect(carriedOut.map(({ operation, resource }) => [operation, resource])).toEqual([
      ['PromoteReadReplica', REPLICA],
    ]);
    expect(sandbox.promoted).toEqual([REPLICA]);
  });

  it('tries the server again when its promotion fails', async () => {
    let attempts = 0;
    sandbox = await startSandbox({
      speed: 3000,
      promoteDatabase: async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('the server does not answer');
      },
    });
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});

    await promote();
    await until(async () => ((await describeOne(WEST, REPLICA))?.DBInstanceStatus === 'available' ? true : undefined));

    expect(attempts).toBe(2);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`${REPLICA} was not promoted`)]]);
    warn.mockRestore();
  });

  it('is finished by a world that was saved in the middle of it', async () => {
    sandbox = await startSandbox({ speed: 0 });
    await promote();
    const saved = JSON.parse(JSON.stringify(sandbox.world.state));
    await sandbox.close();

    sandbox = await startSandbox({ state: saved, speed: 0 });
    const before = await describeOne(WEST, REPLICA);
    sandbox.world.setSpeed(600);
    await until(async () => ((await describeOne(WEST, REPLICA))?.DBInstanceStatus === 'available' ? true : undefined));

    expect(before?.DBInstanceStatus).toBe('modifying');
    expect(sandbox.promoted).toEqual([REPLICA]);
  });

  it.each([
    [{ DBInstanceIdentifier: 'nobody' }, 'DBInstanceNotFoundFault'],
    [{ DBInstanceIdentifier: undefined }, 'MissingParameter'],
    [{ DBInstanceIdentifier: REPLICA, BackupRetentionPeriod: 40 }, 'InvalidParameterValue'],
    [{ DBInstanceIdentifier: REPLICA, PreferredBackupWindow: '25:00-26:00' }, 'InvalidParameterValue'],
    [{ DBInstanceIdentifier: REPLICA, PreferredBackupWindow: '03:00-03:10' }, 'InvalidParameterValue'],
  ])('refuses %j as %s', async (input, name) => {
    sandbox = await startSandbox();

    const refused = await refusal(sandbox.rds().send(new PromoteReadReplicaCommand(input)));

    expect(refused.name).toBe(name);
    expect((await describeOne(WEST, REPLICA))?.DBInstanceStatus).toBe('available');
  });

  it('refuses the primary', async () => {
    sandbox = await startSandbox();

    const refused = await refusal(
      sandbox.rds(EAST).send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: PRIMARY })),
    );

    expect(refused).toMatchObject({
      name: 'InvalidDBInstanceStateFault',
      message: 'DB Instance is not a read replica.',
    });
  });
});
