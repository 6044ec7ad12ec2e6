import { DescribeListenersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateDBParameterGroupCommand,
  DescribeDBInstancesCommand,
  PromoteReadReplicaCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { ListHostedZonesCommand, ListTrafficPoliciesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { EAST, healthyState, nextCall, refusal, type Sandbox, startSandbox, until, WEST } from './sandbox.ts';

const REPLICA = 'chatbot-prod-replica-west';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

const describeAll = () => new DescribeDBInstancesCommand({});
const promote = () => new PromoteReadReplicaCommand({ DBInstanceIdentifier: REPLICA });

/** Sends with a machine deadline, as a client does that meets a dead region. */
async function within(milliseconds: number, send: (options: { abortSignal: AbortSignal }) => Promise<unknown>) {
  return refusal(send({ abortSignal: AbortSignal.timeout(milliseconds) }));
}

describe('who asks', () => {
  it('is told who it is', async () => {
    sandbox = await startSandbox();

    const identity = await sandbox.sts().send(new GetCallerIdentityCommand({}));

    expect(identity).toMatchObject({ Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/lifeboat' });
  });

  const foreign = { ...SANDBOX_CREDENTIALS, accessKeyId: 'AKIASOMEBODYELSE0000' };
  it.each([
    ['a foreign access key', WEST, foreign, 'InvalidClientTokenId'],
    ['another region’s scope', EAST, SANDBOX_CREDENTIALS, 'SignatureDoesNotMatch'],
  ])('is refused with %s', async (_what, region, credentials, name) => {
    sandbox = await startSandbox();
    const endpoint = sandbox.endpoints.regions[WEST] ?? '';
    const clients = [
      new RDSClient({ region, endpoint, credentials, maxAttempts: 1 }),
      new STSClient({ region, endpoint, credentials, maxAttempts: 1 }),
    ] as const;

    const refusals = [
      await refusal(clients[0].send(describeAll())),
      await refusal(clients[1].send(new GetCallerIdentityCommand({}))),
    ];
    for (const client of clients) client.destroy();

    expect(refusals).toEqual([
      expect.objectContaining({ name, status: 403 }),
      expect.objectContaining({ name, status: 403 }),
    ]);
    expect(sandbox.world.state.calls).toMatchObject([{ service: 'rds', status: 403, error: name }, { service: 'sts' }]);
  });

  it('must sign for us-east-1 to change Route 53', async () => {
    sandbox = await startSandbox();
    const client = new Route53Client({
      region: WEST,
      endpoint: sandbox.endpoints.route53,
      credentials: SANDBOX_CREDENTIALS,
      maxAttempts: 1,
    });

    const refused = await refusal(client.send(new ListHostedZonesCommand({})));
    client.destroy();

    expect(refused).toMatchObject({ name: 'SignatureDoesNotMatch', status: 403 });
  });

  it.each([
    ['no signature', {}, 403, '<Code>MissingAuthenticationToken</Code>'],
    ['a broken signature', { authorization: 'AWS4-HMAC-SHA256 nonsense' }, 400, '<Code>IncompleteSignature</Code>'],
  ])('is refused with %s, in the service’s namespace', async (_what, headers, status, code) => {
    sandbox = await startSandbox();
    const body = 'Action=DescribeDBInstances&Version=2014-10-31';

    const answer = await fetch(sandbox.endpoints.regions[WEST] ?? '', { method: 'POST', headers, body });
    const text = await answer.text();

    expect(answer.status).toBe(status);
    expect(text).toContain(code);
    expect(text).toContain('http://rds.amazonaws.com/doc/2014-10-31/');
  });
});

describe('what it does not simulate', () => {
  it('is refused with the service’s own error, and recorded', async () => {
    sandbox = await startSandbox();

    const group = { DBParameterGroupName: 'strict', DBParameterGroupFamily: 'postgres17', Description: 'strict' };
    const rds = await refusal(sandbox.rds().send(new CreateDBParameterGroupCommand(group)));
    const route53 = await refusal(sandbox.route53().send(new ListTrafficPoliciesCommand({})));

    expect(rds).toEqual({
      name: 'InvalidAction',
      message: 'Could not find operation CreateDBParameterGroup for version 2014-10-31',
      status: 400,
    });
    expect(route53).toMatchObject({ name: 'UnknownOperationException', status: 404 });
    expect(sandbox.world.state.calls).toMatchObject([
      { service: 'rds', region: WEST, operation: 'CreateDBParameterGroup', mutating: false, error: 'InvalidAction' },
      { service: 'route53', mutating: false, error: 'UnknownOperationException' },
    ]);
  });
});

describe('a region that is down', () => {
  it('hangs for new requests, leaves the others alone, and answers again when it is back', async () => {
    sandbox = await startSandbox();
    const west = sandbox.rds(WEST);
    sandbox.world.switchFault({ name: 'region-down', target: WEST }, true);

    const hung = await within(150, (options) => west.send(describeAll(), options));
    const east = await sandbox.rds(EAST).send(describeAll());
    const zones = await sandbox.route53().send(new ListHostedZonesCommand({}));
    sandbox.world.switchFault({ name: 'region-down', target: WEST }, false);
    const back = await sandbox.rds(WEST).send(describeAll());

    expect(hung.name).toMatch(/Abort|Timeout/);
    expect(east.DBInstances).toHaveLength(1);
    expect(zones.HostedZones).toHaveLength(1);
    expect(back.DBInstances).toHaveLength(1);
  });

  it('never answers what was under way; what was carried out by then stays', async () => {
    sandbox = await startSandbox({ speed: 1 });
    const patience = new AbortController();
    const under = refusal(sandbox.rds().send(promote(), { abortSignal: patience.signal }));
    const replica = sandbox.world.state.rds[WEST]?.[REPLICA];
    await until(() => (replica?.status === 'modifying' ? true : undefined));

    sandbox.world.switchFault({ name: 'region-down', target: WEST }, true);
    sandbox.world.switchFault({ name: 'region-down', target: WEST }, false);
    await new Promise<void>((resolve) => sandbox.world.once('call', () => setTimeout(resolve, 200)));
    patience.abort();
    const outcome = await under;

    expect(outcome.name).toMatch(/Abort|Timeout/);
    expect(sandbox.world.state.calls).toMatchObject([{ operation: 'PromoteReadReplica', mutating: true, status: 200 }]);
    expect(replica?.status).toBe('modifying');
  });

  it('does not carry out what had not been carried out by then', async () => {
    sandbox = await startSandbox({ speed: 1 });
    const begun = nextCall(sandbox);
    const under = within(600, (options) => sandbox.rds().send(promote(), options));
    await begun;

    sandbox.world.switchFault({ name: 'region-down', target: WEST }, true);
    await under;

    expect(sandbox.world.state.rds[WEST]?.[REPLICA]?.status).toBe('available');
    expect(sandbox.world.state.calls).toEqual([]);
  });
});

it('a region that refuses resets connections at once', async () => {
  sandbox = await startSandbox();
  const client = sandbox.rds();
  await client.send(describeAll());
  sandbox.world.switchFault({ name: 'region-refuse', target: WEST }, true);

  const started = Date.now();
  const refused = await refusal(client.send(describeAll()));
  const took = Date.now() - started;
  sandbox.world.switchFault({ name: 'region-refuse', target: WEST }, false);
  const back = await client.send(describeAll());

  expect(refused.message).toMatch(/ECONNRESET|ECONNREFUSED|socket hang up/);
  // Not after a timeout of the client.
  expect(took).toBeLessThan(20_000);
  expect(back.DBInstances).toHaveLength(1);
});

it('Route 53’s control plane hangs by its own fault, whatever the regions do', async () => {
  sandbox = await startSandbox();
  sandbox.world.switchFault({ name: 'route53-control-plane-down' }, true);

  const hung = await within(150, (options) => sandbox.route53().send(new ListHostedZonesCommand({}), options));
  const east = await sandbox.rds(EAST).send(describeAll());

  expect(hung.name).toMatch(/Abort|Timeout/);
  expect(east.DBInstances).toHaveLength(1);
});

it('a call takes 0.1 to 0.4 s, a function of the seed, the operation, the resource and how often it was called', async () => {
  const drawn: number[][] = [];
  for (const [seed, extra] of [
    [7, false],
    [7, true],
    [8, false],
  ] as const) {
    sandbox = await startSandbox({ state: healthyState(seed) });
    const latencies: number[] = [];
    const { world } = sandbox;
    const latency = world.latency.bind(world);
    world.latency = (range, operation, resource) => {
      const value = latency(range, operation, resource);
      if (operation === 'rds.DescribeDBInstances') latencies.push(value);
      return value;
    };
    if (extra) await sandbox.sts().send(new GetCallerIdentityCommand({}));
    for (let time = 0; time < 3; time++) await sandbox.rds().send(describeAll());
    drawn.push(latencies);
    await sandbox.close();
  }

  const [first, withMore, otherSeed] = drawn;
  expect(first).toEqual(withMore);
  expect(first).not.toEqual(otherSeed);
  expect(new Set(first).size).toBe(3);
  for (const value of first ?? []) {
    expect(value).toBeGreaterThanOrEqual(100);
    expect(value).toBeLessThanOrEqual(400);
  }
});

it('records each call with the service’s own names', async () => {
  sandbox = await startSandbox();

  await sandbox.rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: REPLICA }));
  await refusal(sandbox.elbv2().send(new DescribeListenersCommand({})));
  await sandbox.route53().send(new ListHostedZonesCommand({}));

  expect(sandbox.world.state.calls).toMatchObject([
    { service: 'rds', region: WEST, operation: 'DescribeDBInstances', resource: REPLICA, mutating: false, status: 200 },
    { service: 'elbv2', region: WEST, operation: 'DescribeListeners', status: 400, error: 'ValidationError' },
    { service: 'route53', operation: 'ListHostedZones', resource: '*', mutating: false, status: 200 },
  ]);
});
