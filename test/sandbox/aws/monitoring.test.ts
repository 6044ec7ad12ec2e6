import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeAvailabilityZonesCommand, DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { DescribeEventsCommand, HealthClient } from '@aws-sdk/client-health';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { noteLine } from '../../../sandbox/monitoring/application-log.ts';
import { countAnswer } from '../../../sandbox/monitoring/traffic.ts';
import { EAST, refusal, type Sandbox, startSandbox, WEST } from './sandbox.ts';

const MINUTE = 60_000;
const GROUP = '/aws/containerinsights/chatbot-cluster/application';

let sandbox: Sandbox;
const clients: { destroy(): void }[] = [];
const kept = <T extends { destroy(): void }>(client: T): T => {
  clients.push(client);
  return client;
};
const settings = (region: string) => ({
  region,
  endpoint: sandbox.endpoints.regions[region] ?? '',
  credentials: SANDBOX_CREDENTIALS,
  maxAttempts: 1,
});
const cloudWatch = (region = EAST) => kept(new CloudWatchClient(settings(region)));
const minuteOf = (time: number) => time - (time % MINUTE);
/** A whole number of minutes before the one that is now. */
const ago = (minutes: number) => minuteOf(sandbox.world.clock.now()) - minutes * MINUTE;
const database = (id: string) => [{ Name: 'DBInstanceIdentifier', Value: id }];
const cpu = { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Dimensions: database('chatbot-prod') };

beforeAll(async () => {
  sandbox = await startSandbox();
  // Metrics are of whole minutes, and none may end under a test.
  const now = sandbox.world.clock.now() + 10 * MINUTE;
  sandbox.world.clock.now = () => now;
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await sandbox.close();
});
afterEach(() => {
  sandbox.world.state.faults = [];
  delete sandbox.world.state.faultLog;
});

const faultSince = (
  fault: { name: 'database-crash' | 'database-overloaded' | 'region-down' | 'zone-down'; target: string },
  at: number,
) => {
  sandbox.world.state.faultLog = [{ ...fault, at, on: true }];
};

describe('CloudWatch', () => {
  const data = async (metric: object, stat: string, from: number, to: number) => {
    const MetricStat = { Metric: metric, Period: 60, Stat: stat };
    const { MetricDataResults } = await cloudWatch().send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'one', MetricStat }],
        StartTime: new Date(from),
        EndTime: new Date(to),
        ScanBy: 'TimestampAscending',
      }),
    );
    const [{ Timestamps = [], Values = [] } = {}] = MetricDataResults ?? [];
    return Timestamps.map((at, index) => ({ at: at.getTime(), value: Values[index] }));
  };

  it('reports the processors of a database each minute, and that it is overloaded', async () => {
    faultSince({ name: 'database-overloaded', target: 'chatbot-prod' }, ago(2));

    const values = await data(cpu, 'Average', ago(5), ago(0));

    expect(values.map(({ at }) => at)).toEqual([5, 4, 3, 2, 1].map(ago));
    expect(values.map(({ value }) => (value ?? 0) > 95)).toEqual([false, false, false, true, true]);
  });

  it('reports nothing of a region while it is silent, nor of a minute that is not over', async () => {
    faultSince({ name: 'region-down', target: EAST }, ago(1));

    const values = await data(cpu, 'Maximum', ago(3), ago(-10));

    expect(values.map(({ at }) => at)).toEqual([3, 2].map(ago));
  });

  it('reports nothing of an instance that crashed until its standby has taken over', async () => {
    faultSince({ name: 'database-crash', target: 'chatbot-prod' }, ago(4));
    const failover = { service: 'rds', region: EAST, kind: 'failover', resource: 'chatbot-prod' };
    sandbox.world.state.transitions.push({ ...failover, from: ago(4) + 30_000, to: ago(2) });

    const values = await data(cpu, 'Maximum', ago(5), ago(0));

    expect(values.map(({ at }) => at)).toEqual([5, 2, 1].map(ago));
  });

  it('counts the sessions of pods that know a cluster at its writer', async () => {
    const { state } = sandbox.world;
    const writer = state.rds[EAST]?.['chatbot-prod'];
    if (!writer) throw new Error('the world is incomplete');
    const cluster = {
      ...{ identifier: 'chatbot-prod-cluster', region: EAST, status: 'available', writer: writer.identifier },
      ...{ endpoint: writer.address, port: writer.port, readerEndpoint: 'chatbot-ro', readerPort: 5403 },
      ...{ members: [writer.identifier], databaseName: 'chatbot', engineVersion: '17.4', globalCluster: '' },
    };
    state.rdsClusters = { [EAST]: { [cluster.identifier]: cluster } };
    writer.address = 'chatbot-prod.instance';

    const connections = await data({ ...cpu, MetricName: 'DatabaseConnections' }, 'Maximum', ago(2), ago(1));

    expect(connections.map(({ value }) => value)).toEqual([117]);
  });

  it('reports how many sessions the pods hold, and how far a replica is behind', async () => {
    const west = cloudWatch(WEST);
    const ask = (name: string) => ({
      ...{ Namespace: 'AWS/RDS', MetricName: name, Dimensions: database('chatbot-prod-replica-west') },
      ...{ StartTime: new Date(ago(2)), EndTime: new Date(ago(0)), Period: 60, Statistics: ['Maximum' as const] },
    });
    sandbox.world.state.faultLog = [{ name: 'replica-lag', seconds: 45, at: ago(10), on: true }];

    const connections = await data({ ...cpu, MetricName: 'DatabaseConnections' }, 'Maximum', ago(2), ago(1));
    const lag = await west.send(new GetMetricStatisticsCommand(ask('ReplicaLag')));
    const none = await west.send(new GetMetricStatisticsCommand(ask('Unheard')));

    // 35 pods in the east, 4 in the west.
    expect(connections.map(({ value }) => value)).toEqual([117]);
    expect(lag.Datapoints?.map(({ Maximum, Unit }) => [Maximum, Unit])).toEqual([
      [45, 'Seconds'],
      [45, 'Seconds'],
    ]);
    expect(none.Datapoints).toEqual([]);
  });

  it('counts what a load balancer answered, with percentiles of its time', async () => {
    const { world } = sandbox;
    const answered = { byBalancer: false, cache: undefined, wrote: false };
    for (let n = 1; n <= 40; n += 1) countAnswer(world, EAST, { ...answered, status: 200, milliseconds: 10 * n });
    countAnswer(world, EAST, { ...answered, status: 503, milliseconds: 2000 });
    countAnswer(world, EAST, { ...answered, status: 201, milliseconds: 10, wrote: true });
    const [minute] = world.state.traffic?.[EAST] ?? [];
    if (minute) minute.at = ago(1);
    const metric = (Namespace: string, MetricName: string, Name: string, Value: string) => ({
      ...{ Namespace, MetricName },
      Dimensions: [{ Name, Value }],
    });
    const balancer = (name: string) =>
      metric('AWS/ApplicationELB', name, 'LoadBalancer', 'app/chatbot-east/50dc6c495c0c9188');
    const cache = (name: string) => metric('AWS/ElastiCache', name, 'CacheClusterId', 'chatbot-production-cache');
    const one = async (asked: object, stat: string) => (await data(asked, stat, ago(1), ago(0)))[0]?.value;

    expect(await one(balancer('RequestCount'), 'Sum')).toBe(42);
    expect(await one(balancer('HTTPCode_Target_5XX_Count'), 'Sum')).toBe(1);
    expect(await one(balancer('TargetResponseTime'), 'p95')).toBeCloseTo(0.39);
    expect([await one(cache('CacheHits'), 'Sum'), await one(cache('CacheMisses'), 'Sum')]).toEqual([11, 1]);
  });

  it('tells since when an alarm is in its state', async () => {
    faultSince({ name: 'database-overloaded', target: 'chatbot-prod' }, ago(8));

    const { MetricAlarms = [] } = await cloudWatch().send(
      new DescribeAlarmsCommand({ AlarmNames: ['chatbot-prod-cpu'] }),
    );
    const all = await cloudWatch(WEST).send(new DescribeAlarmsCommand({}));

    expect(MetricAlarms).toMatchObject([{ AlarmName: 'chatbot-prod-cpu', StateValue: 'ALARM', Threshold: 95 }]);
    expect(MetricAlarms[0]?.StateUpdatedTimestamp?.getTime()).toBe(ago(3));
    expect(all.MetricAlarms?.map(({ AlarmName, StateValue }) => [AlarmName, StateValue])).toEqual([
      ['chatbot-prod-replica-west-cpu', 'OK'],
      ['chatbot-prod-replica-west-replica-lag', 'OK'],
      ['chatbot-west-5xx', 'INSUFFICIENT_DATA'],
    ]);
  });

  it('lists its metrics, and refuses what CloudWatch refuses', async () => {
    const { Metrics = [] } = await cloudWatch().send(new ListMetricsCommand({ Namespace: 'AWS/RDS' }));
    const ask = (more: object) =>
      cloudWatch().send(
        new GetMetricStatisticsCommand({
          ...{ ...cpu, StartTime: new Date(ago(2)), EndTime: new Date(ago(0)), Period: 60, Statistics: ['Average'] },
          ...more,
        }),
      );

    const refused = await Promise.all(
      [{ Period: 45 }, { StartTime: new Date(ago(-2)) }, { Statistics: [] }, { StartTime: new Date(ago(2000)) }].map(
        (more) => refusal(ask(more)),
      ),
    );

    expect(Metrics.map(({ MetricName = '' }) => MetricName).toSorted()).toEqual([
      'CPUUtilization',
      'DatabaseConnections',
    ]);
    expect(refused.map(({ name }) => name)).toEqual([
      'InvalidParameterValueException',
      'InvalidParameterCombinationException',
      'MissingRequiredParameterException',
      'InvalidParameterCombinationException',
    ]);
  });
});

describe('CloudWatch Logs', () => {
  const logs = () => kept(new CloudWatchLogsClient(settings(EAST)));
  const search = (more: object = {}) => logs().send(new FilterLogEventsCommand({ logGroupName: GROUP, ...more }));
  const messagesOf = ({ events = [] }: Awaited<ReturnType<typeof search>>) =>
    events.map(({ message = '' }) => (JSON.parse(message) as { message: string }).message);

  it('finds what pods wrote, by words, by field, by time, page by page', async () => {
    const pod = Object.keys(sandbox.world.state.kubernetes[EAST]?.pods ?? {})[0] ?? '';
    for (const [level, message] of [
      ['info', 'ready'],
      ['error', 'connect ECONNREFUSED'],
      ['error', 'relation "users" does not exist'],
    ] as const)
      noteLine(sandbox.world, EAST, { pod, level, message });

    const all = await search();
    const [words, field, without, quoted, later] = await Promise.all([
      search({ filterPattern: '?ECONNREFUSED ?relation' }),
      search({ filterPattern: '{ $.level = "err*" }' }),
      search({ filterPattern: 'error -relation' }),
      search({ filterPattern: '"does not exist"' }),
      search({ startTime: sandbox.world.clock.now() + MINUTE }),
    ]);
    const first = await search({ limit: 2 });
    const second = await search({ limit: 2, nextToken: first.nextToken });

    expect(messagesOf(all)).toHaveLength(3);
    expect(all.events?.[0]?.logStreamName).toContain(`${pod}_chatbot-production_`);
    expect([words, field, without, quoted, later].map((found) => messagesOf(found).length)).toEqual([2, 2, 1, 1, 0]);
    expect([...messagesOf(first), ...messagesOf(second)].toSorted()).toEqual(messagesOf(all).toSorted());
    expect(second.nextToken).toBeUndefined();
  });

  it('names its groups, and refuses others', async () => {
    const { logGroups } = await logs().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/container' }));

    expect(logGroups?.map(({ logGroupName }) => logGroupName)).toEqual([GROUP]);
    expect(await refusal(search({ logGroupName: 'another' }))).toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await refusal(search({ filterPattern: '{ $.level = ' }))).toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

describe('EC2, EKS and AWS Health', () => {
  it('lists regions as they are, and zones with their state', async () => {
    faultSince({ name: 'zone-down', target: `${EAST}b` }, ago(1));
    const ec2 = kept(new EC2Client(settings(EAST)));

    const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({}));
    const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
    const filtered = await ec2.send(
      new DescribeAvailabilityZonesCommand({ Filters: [{ Name: 'state', Values: ['unavailable'] }] }),
    );
    const unknown = await refusal(ec2.send(new DescribeRegionsCommand({ RegionNames: ['mars-north-1'] })));

    expect(Regions.map(({ RegionName, Endpoint }) => [RegionName, Endpoint])).toEqual([
      [EAST, `ec2.${EAST}.amazonaws.com`],
      [WEST, `ec2.${WEST}.amazonaws.com`],
    ]);
    expect(AvailabilityZones.map(({ ZoneName, State }) => [ZoneName, State])).toEqual([
      [`${EAST}a`, 'available'],
      [`${EAST}b`, 'unavailable'],
      [`${EAST}c`, 'available'],
    ]);
    expect(filtered.AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toEqual([`${EAST}b`]);
    expect(unknown).toMatchObject({ name: 'InvalidParameterValue', message: 'Invalid region: [mars-north-1]' });
  });

  it('describes the cluster of a region', async () => {
    const eks = kept(new EKSClient(settings(WEST)));

    const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'chatbot-cluster' }));
    const { clusters } = await eks.send(new ListClustersCommand({}));
    const unknown = await refusal(eks.send(new DescribeClusterCommand({ name: 'another' })));

    expect(cluster).toMatchObject({ name: 'chatbot-cluster', status: 'ACTIVE' });
    expect(clusters).toEqual(['chatbot-cluster']);
    expect(unknown).toEqual({
      name: 'ResourceNotFoundException',
      message: 'No cluster found for name: another.',
      status: 404,
    });
  });

  it('says nothing of health without a support plan, and what is open with one', async () => {
    const health = kept(new HealthClient(settings(EAST)));
    const ask = () => health.send(new DescribeEventsCommand({ filter: { regions: [WEST] } }));

    const refused = await refusal(ask());
    sandbox.world.state.hasSupportPlan = true;
    const quiet = await ask();
    faultSince({ name: 'region-down', target: WEST }, ago(1));
    const open = await ask();

    expect(refused).toMatchObject({ name: 'SubscriptionRequiredException', status: 400 });
    expect(quiet.events).toEqual([]);
    expect(open.events).toMatchObject([{ region: WEST, statusCode: 'open' }]);
    // When it began, not when somebody asks.
    expect(open.events?.[0]?.startTime?.getTime()).toBeLessThanOrEqual(ago(1));
  });
});
