import { DescribeDBInstancesCommand, PromoteReadReplicaCommand } from '@aws-sdk/client-rds';
import { ListHostedZonesCommand } from '@aws-sdk/client-route-53';
import { afterEach, expect, it } from '@jest/globals';
import { standingStill } from '../../support/standing-still.ts';
import { refusal, type Sandbox, startSandbox, WEST } from './sandbox.ts';

const REPLICA = 'chatbot-prod-replica-west';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

const describeAll = () => sandbox.rds().send(new DescribeDBInstancesCommand({}));
const promote = () => sandbox.rds().send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: REPLICA }));

it.each([
  ['aws-throttled', 'Throttling', 400],
  ['aws-errors', 'InternalFailure', 500],
] as const)('%s: two calls of three of each operation are refused and not carried out', async (name, code, status) => {
  sandbox = await startSandbox();
  sandbox.world.switchFault({ name }, true);

  const refusals = [await refusal(promote()), await refusal(promote())];
  const before = sandbox.world.state.rds[WEST]?.[REPLICA]?.status;
  const zones = await refusal(sandbox.route53().send(new ListHostedZonesCommand({})));
  const after = await standingStill(sandbox.world, async () => {
    await promote();
    return sandbox.world.state.rds[WEST]?.[REPLICA]?.status;
  });

  expect(refusals).toEqual([expect.objectContaining({ name: code, status }), expect.objectContaining({ name: code })]);
  expect(zones).toMatchObject({ name: code, status });
  expect([before, after]).toEqual(['available', 'modifying']);
});

it('aws-resets: what was asked is done, the answer never comes', async () => {
  // What was asked is seen before it goes on.
  sandbox = await startSandbox({ speed: 0 });
  sandbox.world.switchFault({ name: 'aws-resets' }, true);

  const lost = await refusal(promote());

  expect(lost.message).toMatch(/ECONNRESET|socket hang up/);
  expect(sandbox.world.state.rds[WEST]?.[REPLICA]?.status).toBe('modifying');
  expect(sandbox.world.state.calls).toMatchObject([{ operation: 'PromoteReadReplica', mutating: true, status: 200 }]);
});

it('aws-slow: an answer takes ten seconds longer, and is right', async () => {
  sandbox = await startSandbox();
  sandbox.world.switchFault({ name: 'aws-slow' }, true);

  const { DBInstances } = await describeAll();

  expect(DBInstances).toHaveLength(1);
  expect(sandbox.world.state.calls[0]?.latency).toBeGreaterThan(10_000);
});

it('promotion-refused: RDS refuses that alone, as a policy does', async () => {
  sandbox = await startSandbox();
  sandbox.world.switchFault({ name: 'promotion-refused' }, true);

  const refused = await refusal(promote());

  expect(refused).toMatchObject({ name: 'AccessDenied', status: 403 });
  expect((await describeAll()).DBInstances).toHaveLength(1);
  expect(sandbox.world.state.rds[WEST]?.[REPLICA]?.status).toBe('available');
});

it('ends with its switch', async () => {
  sandbox = await startSandbox();
  for (const on of [true, false]) sandbox.world.switchFault({ name: 'aws-errors' }, on);

  expect((await describeAll()).DBInstances).toHaveLength(1);
});
