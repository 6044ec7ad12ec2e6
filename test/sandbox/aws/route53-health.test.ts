import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  DeleteHealthCheckCommand,
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  ListHealthChecksCommand,
  type ResourceRecordSet,
  UpdateHealthCheckCommand,
} from '@aws-sdk/client-route-53';
import { UpdateRoutingControlStatesCommand } from '@aws-sdk/client-route53-recovery-cluster';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { isHealthy } from '../../../sandbox/aws/route53/health/health-check.ts';
import { answer } from '../../../sandbox/dns/zone.ts';
import { standingStill } from '../../support/standing-still.ts';
import { clusterClient, controlsOf } from './routing-controls.ts';
import { chatbot, EAST, refusal, type Sandbox, startSandbox, until, WEST } from './sandbox.ts';

const EAST_HOST = chatbot.loadBalancers[EAST]?.host ?? '';
const WEST_HOST = chatbot.loadBalancers[WEST]?.host ?? '';
const { hostedZone, record: RECORD } = chatbot.dns;
const OBJECT = chatbot.trafficObject ?? { region: '', bucket: '', key: '', healthCheck: '' };
const SWITCH = OBJECT.healthCheck;

let sandbox: Sandbox;
const clients: { destroy(): void }[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await sandbox.close();
});

const answeredNow = (name: string = RECORD, draw?: number) => {
  const { state, clock } = sandbox.world;
  const asking = { state, system: chatbot, now: clock.now(), ...(draw !== undefined && { draw }) };
  return answer(asking, name, 'CNAME').answers.map((found) => ('data' in found ? found.data : ''))[0];
};
const healthy = (id: string) => isHealthy(sandbox.world.state, id, sandbox.world.clock.now());
const route53 = () => sandbox.route53();

function s3(): S3Client {
  const client = new S3Client({
    region: OBJECT.region,
    endpoint: sandbox.endpoints.regions[OBJECT.region] ?? '',
    forcePathStyle: true,
    credentials: SANDBOX_CREDENTIALS,
    maxAttempts: 1,
  });
  clients.push(client);
  return client;
}

describe('the failover records that were prepared', () => {
  it('turn to the standby while the object is there, some looks after it was written, and back', async () => {
    sandbox = await startSandbox({ speed: 60 });
    const { clock } = sandbox.world;
    const place = { Bucket: OBJECT.bucket, Key: OBJECT.key };
    const before = answeredNow();

    const writtenAt = clock.now();
    const atOnce = await standingStill(sandbox.world, async () => {
      await s3().send(new PutObjectCommand({ ...place, Body: 'leave' }));
      return answeredNow();
    });
    await until(() => (answeredNow() === WEST_HOST ? true : undefined));
    const turnedAfter = (clock.now() - writtenAt) / 1000;
    await s3().send(new DeleteObjectCommand(place));
    await until(() => (answeredNow() === EAST_HOST ? true : undefined));

    expect([before, atOnce]).toEqual([EAST_HOST, EAST_HOST]);
    // Three looks, ten seconds between two; the last seconds are the machine's.
    expect(turnedAfter).toBeGreaterThan(19);
  });

  it('follow a routing control within seconds, also while the control plane and the primary region are gone', async () => {
    sandbox = await startSandbox({ speed: 60 });
    const { east, west } = controlsOf(chatbot);
    sandbox.world.switchFault({ name: 'region-down', target: EAST }, true);
    sandbox.world.switchFault({ name: 'route53-control-plane-down' }, true);
    const client = clusterClient(sandbox, WEST);
    clients.push(client);

    await until(async () => {
      const command = new UpdateRoutingControlStatesCommand({
        UpdateRoutingControlStateEntries: [
          { RoutingControlArn: east, RoutingControlState: 'Off' },
          { RoutingControlArn: west, RoutingControlState: 'On' },
        ],
      });
      // An endpoint may be unavailable for a moment.
      return client.send(command).catch(() => undefined);
    });
    await until(() => (answeredNow() === WEST_HOST ? true : undefined));

    expect(healthy(SWITCH)).toBe(false);
  });

  it('are not turned by an object that only who signs may read', async () => {
    sandbox = await startSandbox({ speed: 600 });
    const { clock, state } = sandbox.world;
    const bucket = state.s3?.buckets[OBJECT.bucket];
    if (bucket) bucket.publicRead = false;
    await s3().send(new PutObjectCommand({ Bucket: OBJECT.bucket, Key: OBJECT.key, Body: 'leave' }));

    await clock.sleep(120_000);

    expect(answeredNow()).toBe(EAST_HOST);
  });

  it('are not turned by the standby region’s end: what cannot be asked is not there', async () => {
    sandbox = await startSandbox({ speed: 600 });
    await s3().send(new PutObjectCommand({ Bucket: OBJECT.bucket, Key: OBJECT.key, Body: 'leave' }));
    await until(() => (answeredNow() === WEST_HOST ? true : undefined));

    sandbox.world.switchFault({ name: 'region-down', target: OBJECT.region }, true);
    await until(() => (answeredNow() === EAST_HOST ? true : undefined));

    expect(healthy(SWITCH)).toBe(true);
  });
});

const upsert = (...sets: ResourceRecordSet[]) =>
  route53().send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: hostedZone,
      ChangeBatch: { Changes: sets.map((ResourceRecordSet) => ({ Action: 'UPSERT' as const, ResourceRecordSet })) },
    }),
  );
const pool = (SetIdentifier: string, Weight: number, value: string, more: Partial<ResourceRecordSet> = {}) =>
  ({
    ...{ Name: 'pool.chatbot.com', Type: 'CNAME', TTL: 60, SetIdentifier, Weight },
    ResourceRecords: [{ Value: value }],
    ...more,
  }) satisfies ResourceRecordSet;

describe('weighted records', () => {
  it('share by weight, and leave out what is not healthy', async () => {
    sandbox = await startSandbox({ speed: 600 });
    const { region, bucket, key } = OBJECT;
    await s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'healthy' }));
    const { HealthCheck } = await route53().send(
      new CreateHealthCheckCommand({
        CallerReference: 'pool',
        HealthCheckConfig: {
          Type: 'HTTPS',
          FullyQualifiedDomainName: `${bucket}.s3.${region}.amazonaws.com`,
          ResourcePath: `/${key}`,
          RequestInterval: 10,
        },
      }),
    );
    await upsert(pool('a', 3, EAST_HOST, { HealthCheckId: HealthCheck?.Id }), pool('b', 1, WEST_HOST));
    const shares = () => {
      const given = Array.from({ length: 100 }, (_, index) => answeredNow('pool.chatbot.com', index / 100));
      return [EAST_HOST, WEST_HOST].map((host) => given.filter((value) => value === host).length);
    };
    await until(() => (answeredNow('pool.chatbot.com') === undefined ? undefined : true));

    const atFirst = shares();
    await s3().send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    await until(() => (healthy(HealthCheck?.Id ?? '') ? undefined : true));

    expect(atFirst).toEqual([75, 25]);
    expect(shares()).toEqual([0, 100]);
  });
});

describe('records that share a name', () => {
  it.each([
    [
      'a simple one beside failover records',
      [{ Name: RECORD, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: WEST_HOST }] }],
      'InvalidChangeBatch',
      'SetIdentifier null cannot be created as other RRSets exist',
    ],
    [
      'a weighted one beside failover records',
      [pool('c', 1, WEST_HOST, { Name: RECORD })],
      'InvalidChangeBatch',
      'because a non-weighted RRSet exists',
    ],
    [
      'a second PRIMARY',
      [
        {
          ...{ Name: RECORD, Type: 'CNAME', TTL: 60, SetIdentifier: 'other', Failover: 'PRIMARY' },
          ResourceRecords: [{ Value: WEST_HOST }],
        },
      ],
      'InvalidChangeBatch',
      'as a PRIMARY failover RRSet exists',
    ],
    [
      'a weight without an identifier',
      [{ Name: 'a.chatbot.com', Type: 'CNAME', TTL: 60, Weight: 1, ResourceRecords: [{ Value: WEST_HOST }] }],
      'InvalidInput',
      "Missing field 'SetIdentifier'",
    ],
    [
      'an identifier without a policy',
      [{ Name: 'a.chatbot.com', Type: 'CNAME', TTL: 60, SetIdentifier: 'a', ResourceRecords: [{ Value: WEST_HOST }] }],
      'InvalidInput',
      'Expected exactly one of [Weight',
    ],
    [
      'a health check that does not exist',
      [pool('a', 1, WEST_HOST, { HealthCheckId: 'none' })],
      'NoSuchHealthCheck',
      'No health check exists with the specified ID none',
    ],
  ])('refuse %s', async (_what, sets, name, sentence) => {
    sandbox = await startSandbox();

    const refused = await refusal(upsert(...(sets as ResourceRecordSet[])));

    expect(refused).toMatchObject({ name, message: expect.stringContaining(sentence) });
    expect(answeredNow()).toBe(EAST_HOST);
  });
});

describe('health checks', () => {
  it('are listed, shown, inverted and removed', async () => {
    sandbox = await startSandbox();
    const client = route53();
    const config: HealthCheckConfig = {
      ...{ Type: 'HTTPS', FullyQualifiedDomainName: `${OBJECT.bucket}.s3.${OBJECT.region}.amazonaws.com` },
      ...{ ResourcePath: '/other', RequestInterval: 10, FailureThreshold: 2 },
    };

    const created = await client.send(
      new CreateHealthCheckCommand({ CallerReference: 'mine', HealthCheckConfig: config }),
    );
    const again = await client.send(
      new CreateHealthCheckCommand({ CallerReference: 'mine', HealthCheckConfig: config }),
    );
    const HealthCheckId = created.HealthCheck?.Id;
    const inverted = await client.send(
      new UpdateHealthCheckCommand({ HealthCheckId, Inverted: true, HealthCheckVersion: 1 }),
    );
    const shown = await client.send(new GetHealthCheckCommand({ HealthCheckId }));
    const status = await client.send(new GetHealthCheckStatusCommand({ HealthCheckId }));
    const stale = await refusal(client.send(new UpdateHealthCheckCommand({ HealthCheckId, HealthCheckVersion: 1 })));
    const { HealthChecks } = await client.send(new ListHealthChecksCommand({}));
    await client.send(new DeleteHealthCheckCommand({ HealthCheckId }));
    const gone = await refusal(client.send(new GetHealthCheckCommand({ HealthCheckId })));

    expect(created.Location).toContain(HealthCheckId);
    expect(again.HealthCheck?.Id).toBe(HealthCheckId);
    expect(inverted.HealthCheck).toMatchObject({ HealthCheckVersion: 2, HealthCheckConfig: { Inverted: true } });
    expect(shown.HealthCheck?.HealthCheckConfig).toMatchObject({ ...config, Inverted: true, Port: 443 });
    expect(status.HealthCheckObservations).toHaveLength(8);
    expect(stale.name).toBe('HealthCheckVersionMismatch');
    expect(HealthChecks?.map(({ HealthCheckConfig }) => HealthCheckConfig?.Type).toSorted()).toEqual([
      'CALCULATED',
      'HTTPS',
      'HTTPS',
      'RECOVERY_CONTROL',
    ]);
    expect(gone.name).toBe('NoSuchHealthCheck');
  });

  it('that others are calculated from cannot be removed', async () => {
    sandbox = await startSandbox();
    const children = sandbox.world.state.route53.healthChecks?.[SWITCH]?.config;
    const [child] = children?.type === 'CALCULATED' ? children.children : [];

    const refused = await refusal(route53().send(new DeleteHealthCheckCommand({ HealthCheckId: child })));

    expect(refused).toMatchObject({ name: 'InvalidInput', message: expect.stringContaining('is a child of') });
  });
});

describe('DNS that does not propagate', () => {
  it('keeps changes PENDING and old answers, until the fault is over', async () => {
    sandbox = await startSandbox({ speed: 600 });
    sandbox.world.switchFault({ name: 'dns-does-not-propagate' }, true);
    const primary: ResourceRecordSet = {
      ...{ Name: RECORD, Type: 'CNAME', TTL: 60, SetIdentifier: 'primary', Failover: 'PRIMARY', HealthCheckId: SWITCH },
      ResourceRecords: [{ Value: WEST_HOST }],
    };

    const { ChangeInfo } = await upsert(primary);
    await sandbox.world.clock.sleep(120_000);
    const held = answeredNow();
    sandbox.world.switchFault({ name: 'dns-does-not-propagate' }, false);
    await until(() => (answeredNow() === WEST_HOST ? true : undefined));

    expect(ChangeInfo?.Status).toBe('PENDING');
    expect(held).toBe(EAST_HOST);
  });

  it('holds what was on its way when it began, and ends it when it is over', async () => {
    sandbox = await startSandbox({ speed: 600 });
    const { world } = sandbox;
    const primary: ResourceRecordSet = {
      ...{ Name: RECORD, Type: 'CNAME', TTL: 60, SetIdentifier: 'primary', Failover: 'PRIMARY', HealthCheckId: SWITCH },
      ResourceRecords: [{ Value: WEST_HOST }],
    };

    await standingStill(world, async () => {
      await upsert(primary);
      world.switchFault({ name: 'dns-does-not-propagate' }, true);
    });
    await world.clock.sleep(120_000);
    const held = answeredNow();
    world.switchFault({ name: 'dns-does-not-propagate' }, false);
    const transition = world.state.transitions.find(({ kind }) => kind === 'change');
    await until(() => (answeredNow() === WEST_HOST ? true : undefined));

    expect(held).toBe(EAST_HOST);
    expect(transition?.to).toBeLessThanOrEqual(world.clock.now());
  });
});
