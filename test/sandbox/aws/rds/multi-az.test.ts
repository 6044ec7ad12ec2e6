import { DescribeEventsCommand, type DescribeEventsCommandInput, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { fromThatMoment } from '../../../support/from-that-moment.ts';
import { standingStill } from '../../../support/standing-still.ts';
import { EAST, refusal, until, WEST } from '../sandbox.ts';
import { type Served, startServed } from './served.ts';

const SPEED = 60;
const PRIMARY = 'chatbot-prod';
const REPLICA = 'chatbot-prod-replica-west';
const HOST = `${PRIMARY}.c1a2b3.${EAST}.rds.amazonaws.com`;

let served: Served;
beforeAll(async () => {
  served = await startServed('multi-az', SPEED);
});
afterEach(() => {
  for (const fault of [...served.sandbox.world.state.faults]) served.sandbox.world.switchFault(fault, false);
});
afterAll(() => served.close());

const reboot = (identifier: string, ForceFailover?: boolean, region = EAST) =>
  served.sandbox.rds(region).send(new RebootDBInstanceCommand({ DBInstanceIdentifier: identifier, ForceFailover }));

const zonesNow = () => {
  const { zone, secondaryZone } = served.sandbox.world.state.rds[EAST]?.[PRIMARY] ?? {};
  return { AvailabilityZone: zone, SecondaryAvailabilityZone: secondaryZone };
};

describe('RebootDBInstance', () => {
  it('fails a Multi-AZ instance over: a server started anew at the same endpoint, with every row, in the other zone', async () => {
    const id = await served.write(HOST);
    const before = await served.startedAt(PRIMARY);
    const zones = zonesNow();
    const told = (await served.events('db-instance', PRIMARY)).length;
    const asked = served.sandbox.world.clock.now();

    const { world } = served.sandbox;
    const { DBInstance, meanwhile } = await standingStill(world, async () => ({
      ...(await reboot(PRIMARY, true)),
      meanwhile: await refusal(reboot(PRIMARY, true)),
    }));
    await fromThatMoment(world, () => zonesNow().AvailabilityZone === zones.SecondaryAvailabilityZone, 0);
    const shown = await served.describe(PRIMARY);
    world.setSpeed(SPEED);
    await served.available(PRIMARY);
    const took = (world.clock.now() - asked) / 1000;

    expect(DBInstance?.DBInstanceStatus).toBe('rebooting');
    expect(meanwhile).toMatchObject({ name: 'InvalidDBInstanceStateFault', status: 400 });
    expect(took).toBeGreaterThanOrEqual(60);
    expect(await served.startedAt(PRIMARY)).toBeGreaterThan(before);
    expect(await served.ids(PRIMARY)).toContain(id);
    await expect(served.write(HOST)).resolves.toBeGreaterThan(id);
    // The API is behind: it still shows the zone of before.
    expect(shown).toMatchObject(zones);
    expect(zonesNow()).toEqual({
      AvailabilityZone: zones.SecondaryAvailabilityZone,
      SecondaryAvailabilityZone: zones.AvailabilityZone,
    });
    expect((await served.events('db-instance', PRIMARY)).slice(told)).toEqual([
      'Multi-AZ instance failover started.',
      'DB instance restarted',
      'Multi-AZ instance failover completed',
      'Multi-AZ failover to standby complete - DNS propagation may take a few minutes',
    ]);
    await until(async () =>
      (await served.describe(PRIMARY))?.AvailabilityZone === zones.SecondaryAvailabilityZone ? true : undefined,
    );
  });

  it('restarts an instance in its place without ForceFailover', async () => {
    const before = await served.startedAt(REPLICA);
    const told = (await served.events('db-instance', REPLICA, WEST)).length;

    await reboot(REPLICA, undefined, WEST);
    await served.available(REPLICA, WEST);

    expect(await served.startedAt(REPLICA)).toBeGreaterThan(before);
    expect((await served.events('db-instance', REPLICA, WEST)).slice(told)).toEqual(['DB instance restarted']);
  });

  it.each([
    [REPLICA, true, WEST, 'InvalidParameterCombination'],
    ['nobody', false, EAST, 'DBInstanceNotFoundFault'],
  ])('refuses %s with failover %s in %s as %s', async (instance, failover, region, name) => {
    expect((await refusal(reboot(instance, failover, region))).name).toBe(name);
  });
});

describe('an outage', () => {
  it.each([
    ['its host', () => ({ name: 'database-crash', target: PRIMARY }) as const],
    ['its zone', () => ({ name: 'zone-down', target: zonesNow().AvailabilityZone ?? '' }) as const],
  ])('of %s lets RDS fail over by itself, and loses nothing', async (_what, faultNow) => {
    const { world } = served.sandbox;
    const zones = zonesNow();
    const id = await served.write(HOST);
    const before = await served.startedAt(PRIMARY);
    const told = (await served.events('db-instance', PRIMARY)).length;

    // Nobody has taken over yet, however long it takes to find that out.
    await standingStill(world, async () => {
      world.switchFault(faultNow(), true);
      await expect(served.write(HOST, 1000)).rejects.toThrow();
    });
    await until(async () => {
      const messages = (await served.events('db-instance', PRIMARY)).slice(told);
      return messages.includes('Multi-AZ instance failover completed') ? true : undefined;
    });

    expect(await served.startedAt(PRIMARY)).toBeGreaterThan(before);
    expect(await served.ids(PRIMARY)).toContain(id);
    expect(zonesNow().AvailabilityZone).toBe(zones.SecondaryAvailabilityZone);
    // It has its backups, whatever befell the host that it had.
    const behind = await standingStill(world, async () => {
      const { LatestRestorableTime } = (await served.describe(PRIMARY)) ?? {};
      return world.clock.now() - (LatestRestorableTime?.getTime() ?? 0);
    });
    expect(behind).toBeLessThanOrEqual(300_000);
    await expect(served.write(HOST)).resolves.toBeGreaterThan(id);
  });

  it('of an instance without a standby lasts until the fault ends', async () => {
    const { world } = served.sandbox;

    world.switchFault({ name: 'database-crash', target: REPLICA }, true);
    await until(() => (served.databases.isRunning(REPLICA) ? undefined : true));
    await world.clock.sleep(200_000);
    const shown = await served.describe(REPLICA, WEST);
    world.switchFault({ name: 'database-crash', target: REPLICA }, false);
    await until(() => (served.databases.isRunning(REPLICA) ? true : undefined));

    expect(shown?.StatusInfos).toEqual([expect.objectContaining({ Normal: false, Status: 'error' })]);
  });
});

describe('DescribeEvents', () => {
  const ask = (input: DescribeEventsCommandInput) => served.sandbox.rds().send(new DescribeEventsCommand(input));

  it('tells of a broken replica, by category and source, in a span of time', async () => {
    const { world } = served.sandbox;
    const { shown, Events, later } = await standingStill(world, async () => {
      world.switchFault({ name: 'broken-replica', target: REPLICA }, true);
      return {
        shown: await served.describe(REPLICA, WEST),
        ...(await ask({ EventCategories: ['read replica'], Duration: 5 })),
        later: await ask({
          StartTime: new Date(world.clock.now() + 1000),
          EndTime: new Date(world.clock.now() + 60_000),
        }),
      };
    });

    expect(Events).toEqual([
      {
        SourceIdentifier: REPLICA,
        SourceType: 'db-instance',
        Message: 'Replication for the Read Replica has stopped',
        EventCategories: ['read replica'],
        Date: expect.any(Date),
        SourceArn: `arn:aws:rds:${WEST}:123456789012:db:${REPLICA}`,
      },
    ]);
    expect(later.Events).toEqual([]);
    expect(shown?.StatusInfos?.[0]).toMatchObject({ Normal: false, Status: 'error' });
  });

  it.each([
    [{ SourceIdentifier: REPLICA }, 'InvalidParameterCombination'],
    [{ MaxRecords: 5 }, 'InvalidParameterValue'],
    [{ StartTime: new Date(Date.UTC(2020, 0, 1)) }, 'InvalidParameterValue'],
    [{ Marker: 'made-up' }, 'InvalidParameterValue'],
  ])('refuses %j as %s', async (input, name) => {
    expect((await refusal(ask(input))).name).toBe(name);
  });
});
