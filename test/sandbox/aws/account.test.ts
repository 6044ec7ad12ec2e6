import { createServer } from 'node:http';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { listen } from '../../../sandbox/listen.ts';
import { chatbot, EAST, nextCall, refusal, type Sandbox, startSandbox, WEST } from './sandbox.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

describe('the one address of the whole account', () => {
  const settings = (region: string) => ({
    region,
    endpoint: sandbox.endpoints.account,
    credentials: SANDBOX_CREDENTIALS,
    maxAttempts: 1,
  });
  const instancesIn = (region: string, options?: { abortSignal: AbortSignal }) =>
    new RDSClient(settings(region)).send(new DescribeDBInstancesCommand({}), options);

  it('answers for each region and service that a request is signed for', async () => {
    sandbox = await startSandbox();

    const [east, west, zones, zonesFromWest, identity] = await Promise.all([
      instancesIn(EAST),
      instancesIn(WEST),
      new Route53Client(settings(EAST)).send(new ListHostedZonesCommand({})),
      new Route53Client(settings(WEST)).send(new ListHostedZonesCommand({})),
      new STSClient(settings(WEST)).send(new GetCallerIdentityCommand({})),
    ]);

    const names = [east, west].map(({ DBInstances }) => DBInstances?.map((one) => one.DBInstanceIdentifier));
    expect(names).toEqual([['chatbot-prod'], ['chatbot-prod-replica-west']]);
    expect([zones.HostedZones?.length, zonesFromWest.HostedZones?.length]).toEqual([1, 1]);
    expect(identity.Account).toBe('123456789012');
  });

  it('hangs for the region that is down and for no other', async () => {
    sandbox = await startSandbox();
    sandbox.world.switchFault({ name: 'region-down', target: EAST }, true);

    const hung = await refusal(instancesIn(EAST, { abortSignal: AbortSignal.timeout(150) }));
    const west = await instancesIn(WEST);
    sandbox.world.switchFault({ name: 'region-down', target: EAST }, false);
    sandbox.world.switchFault({ name: 'region-refuse', target: EAST }, true);
    const refused = await refusal(instancesIn(EAST));

    expect(hung.name).toMatch(/Abort|Timeout/);
    expect(west.DBInstances).toHaveLength(1);
    expect(refused.message).toMatch(/ECONNRESET|socket hang up/);
  });

  it('never answers what was under way when its region went down', async () => {
    sandbox = await startSandbox({ speed: 1 });
    const begun = nextCall(sandbox);
    const under = refusal(instancesIn(EAST, { abortSignal: AbortSignal.timeout(600) }));
    await begun;

    sandbox.world.switchFault({ name: 'region-down', target: EAST }, true);
    const outcome = await under;

    expect(outcome.name).toMatch(/Abort|Timeout/);
    expect(sandbox.world.state.calls).toEqual([]);
  });

  it('refuses a region in which the account has nothing, and blames none of the others', async () => {
    sandbox = await startSandbox();

    const refused = await refusal(instancesIn('eu-west-1'));

    expect(refused).toMatchObject({
      name: 'SignatureDoesNotMatch',
      message: "Credential should be scoped to a valid region, not 'eu-west-1'. ",
    });
    expect(sandbox.world.state.calls).toMatchObject([{ service: 'rds', error: 'SignatureDoesNotMatch' }]);
    expect(sandbox.world.state.calls[0]?.region).toBeUndefined();
  });

  const SENTENCE = 'it serves rds, elbv2, sts, ';
  it.each([
    ['kinesis', { method: 'GET' }, 'GET /', `The simulated account does not serve kinesis; ${SENTENCE}`],
    ['sns', { method: 'POST', body: 'Action=ListTopics' }, 'ListTopics', `<Code>UnknownOperationException`],
  ])(
    'says that it does not serve %s, in the shape that its clients read',
    async (service, request, operation, text) => {
      sandbox = await startSandbox();
      const scope = `${SANDBOX_CREDENTIALS.accessKeyId}/20260105/${EAST}/${service}/aws4_request`;
      const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
      const headers = { authorization, 'x-amz-date': '20260105T090000Z' };

      const answer = await fetch(sandbox.endpoints.account, { ...request, headers });

      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain(text);
      expect(sandbox.world.state.calls).toMatchObject([{ service, operation, error: 'UnknownOperationException' }]);
    },
  );
});

describe('the ports of an earlier start', () => {
  it('are taken up again', async () => {
    sandbox = await startSandbox();
    const { ports } = sandbox.endpoints;
    await sandbox.close();

    sandbox = await startSandbox({ ports });

    const controls = chatbot.routingControls?.endpoints.map(({ region }) => `routing-control/${region}`) ?? [];
    expect(controls).toHaveLength(5);
    expect(new Set(Object.keys(ports))).toEqual(
      new Set(['aws', 'aws/route53', `aws/${EAST}`, `aws/${WEST}`, ...controls]),
    );
    expect(sandbox.endpoints.ports).toEqual(ports);
    expect(sandbox.endpoints.account).toBe(`http://127.0.0.1:${ports.aws}`);
  });

  it('give way to free ones where somebody else has them', async () => {
    const other = createServer();
    const taken = await listen(other);

    sandbox = await startSandbox({ ports: { aws: taken, 'aws/route53': taken, [`aws/${WEST}`]: taken } });
    const { DBInstances } = await sandbox.rds(WEST).send(new DescribeDBInstancesCommand({}));
    other.close();

    expect(Object.values(sandbox.endpoints.ports)).not.toContain(taken);
    expect(DBInstances).toHaveLength(1);
  });
});

describe('while the world stands still', () => {
  it('calls are answered, in as much machine time as they take', async () => {
    sandbox = await startSandbox({ speed: 0 });
    const before = sandbox.world.clock.now();

    const { DBInstances } = await sandbox.rds(WEST).send(new DescribeDBInstancesCommand({}));

    expect(DBInstances).toHaveLength(1);
    expect(sandbox.world.state.calls).toMatchObject([{ operation: 'DescribeDBInstances', status: 200 }]);
    expect(sandbox.world.clock.now()).toBe(before);
  });

  it('a call that was under way when that began is answered', async () => {
    sandbox = await startSandbox({ speed: 1 });
    const begun = nextCall(sandbox);
    const under = sandbox.rds(WEST).send(new DescribeDBInstancesCommand({}));
    await begun;

    sandbox.world.setSpeed(0);
    const { DBInstances } = await under;

    expect(DBInstances).toHaveLength(1);
  });
});
