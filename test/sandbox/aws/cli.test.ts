import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { chatbot, EAST, type Sandbox, startSandbox, WEST } from './sandbox.ts';

const run = promisify(execFile);
const installed = spawnSync('aws', ['--version']).status === 0;
if (!installed) process.stderr.write('The aws command is not on PATH: its tests are skipped.\n');
const withCli = installed ? it : it.skip;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

/** What `aws` prints for a command against the sandbox, parsed. */
async function aws(region: string, endpoint: string, ...command: string[]): Promise<unknown> {
  const { stdout } = await run(
    'aws',
    ['--region', region, '--endpoint-url', endpoint, '--output', 'json', ...command],
    {
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: SANDBOX_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: SANDBOX_CREDENTIALS.secretAccessKey,
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_MAX_ATTEMPTS: '1',
      },
    },
  );
  return JSON.parse(stdout);
}

const regional = (...command: string[]) => aws(WEST, sandbox.endpoints.regions[WEST] ?? '', ...command);
const route53 = (...command: string[]) => aws(EAST, sandbox.endpoints.route53, 'route53', ...command);

withCli(
  'the AWS CLI describes, changes and is refused as by the real account',
  async () => {
    const { listener, active, standby } = chatbot.loadBalancers[WEST] ?? {};
    const forward = JSON.stringify([
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: active, Weight: 90 },
            { TargetGroupArn: standby, Weight: 10 },
          ],
        },
      },
    ]);

    const [instances, identity, records, listeners, refused] = await Promise.all([
      regional('rds', 'describe-db-instances'),
      regional('sts', 'get-caller-identity'),
      route53('list-resource-record-sets', '--hosted-zone-id', chatbot.dns.hostedZone),
      regional('elbv2', 'modify-listener', '--listener-arn', listener ?? '', '--default-actions', forward),
      regional('rds', 'promote-read-replica', '--db-instance-identifier', 'nobody').catch(
        (error: Error) => error.message,
      ),
    ]);

    expect(instances).toMatchObject({
      DBInstances: [{ DBInstanceIdentifier: 'chatbot-prod-replica-west', DBInstanceStatus: 'available' }],
    });
    expect(identity).toMatchObject({ Account: '123456789012' });
    expect(records).toMatchObject({
      ResourceRecordSets: expect.arrayContaining([expect.objectContaining({ TTL: 60 })]),
    });
    expect(listeners).toMatchObject({
      Listeners: [{ DefaultActions: [{ ForwardConfig: { TargetGroups: [{ Weight: 90 }, { Weight: 10 }] } }] }],
    });
    expect(refused).toContain(
      'An error occurred (DBInstanceNotFound) when calling the PromoteReadReplica operation: DBInstance nobody not found.',
    );
  },
  30_000,
);

withCli(
  'the document’s own change-resource-record-sets moves the record',
  async () => {
    const batch = JSON.stringify({
      Changes: [
        {
          Action: 'UPSERT',
          ResourceRecordSet: {
            Name: 'api.chatbot.com',
            Type: 'CNAME',
            TTL: 60,
            ResourceRecords: [{ Value: chatbot.loadBalancers[WEST]?.host }],
          },
        },
      ],
    });
    const zone = ['--hosted-zone-id', chatbot.dns.hostedZone];

    const changed = await route53('change-resource-record-sets', ...zone, '--change-batch', batch);
    const refused = await route53(
      'change-resource-record-sets',
      ...zone,
      '--change-batch',
      batch.replace('UPSERT', 'CREATE'),
    ).catch((error: Error) => error.message);

    expect(changed).toMatchObject({ ChangeInfo: { Status: 'PENDING' } });
    expect(refused).toContain(
      "An error occurred (InvalidChangeBatch) when calling the ChangeResourceRecordSets operation: [Tried to create resource record set [name='api.chatbot.com.', type='CNAME'] but it already exists]",
    );
  },
  30_000,
);
