import { execFile, spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { chatbot, EAST, type Sandbox, startSandbox, until, WEST } from './sandbox.ts';

const PRIMARY = 'chatbot-prod';
const REPLICA = 'chatbot-prod-replica-west';
const TIME = 60_000;
const run = promisify(execFile);

/** Every AWS CLI in PATH: versions differ in what they send, and in what they make of it. */
const found = spawnSync('sh', ['-c', 'IFS=:; for d in $PATH; do [ -x "$d/aws" ] && echo "$d/aws"; done'], {
  encoding: 'utf8',
}).stdout;
const programs = [
  ...new Map(
    found
      .split('\n')
      .filter(Boolean)
      .map((file) => [realpathSync(file), file]),
  ).values(),
];

interface Ended {
  stdout: string;
  stderr: string;
}

for (const program of programs)
  describe(program, () => {
    let sandbox: Sandbox;
    let directory: string;
    beforeEach(async () => {
      sandbox = await startSandbox();
      directory = await mkdtemp(join(tmpdir(), 'lifeboat-aws-cli-'));
    });
    afterEach(async () => {
      await sandbox.close();
      await rm(directory, { recursive: true });
    });

    /** What a command line of a document prints; a refused one is not thrown. */
    async function aws(...command: string[]): Promise<Ended> {
      const options = ['--endpoint-url', sandbox.endpoints.account];
      const env = {
        ...process.env,
        AWS_ACCESS_KEY_ID: SANDBOX_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: SANDBOX_CREDENTIALS.secretAccessKey,
        AWS_DEFAULT_REGION: EAST,
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_PAGER: '',
      };
      return run(program, [...options, ...command], { env, cwd: directory }).catch((error: Ended) => error);
    }
    const inWest = ['--region', WEST];
    const zone = ['--hosted-zone-id', chatbot.dns.hostedZone];
    const { listener = '', active = '', standby = '' } = chatbot.loadBalancers[WEST] ?? {};

    it(
      'looks as the documents do, page by page and by --query',
      async () => {
        const loadBalancer = sandbox.world.state.elbv2[WEST]?.loadBalancerArn ?? '';

        const [one, endpoint, listeners, records, waited] = await Promise.all([
          aws('rds', 'describe-db-instances', '--db-instance-identifier', PRIMARY),
          aws(
            ...['rds', 'describe-db-instances', '--db-instance-identifier', REPLICA, ...inWest],
            ...['--query', 'DBInstances[0].Endpoint.Address', '--output', 'text'],
          ),
          aws('elbv2', 'describe-listeners', '--load-balancer-arn', loadBalancer, ...inWest),
          aws(
            ...['route53', 'list-resource-record-sets', ...zone, '--page-size', '1'],
            ...['--query', 'ResourceRecordSets[].Name', '--output', 'text'],
          ),
          aws('rds', 'wait', 'db-instance-available', '--db-instance-identifier', PRIMARY),
        ]);

        expect(JSON.parse(one.stdout)).toMatchObject({
          DBInstances: [{ DBInstanceIdentifier: PRIMARY, DBInstanceStatus: 'available' }],
        });
        expect(endpoint.stdout).toBe(`${sandbox.world.state.rds[WEST]?.[REPLICA]?.address}\n`);
        expect(JSON.parse(listeners.stdout)).toMatchObject({ Listeners: [{ ListenerArn: listener }] });
        expect(records.stdout.split(/\s+/)).toContain(`${chatbot.dns.record}.`);
        expect(
          sandbox.world.state.calls.filter(({ operation }) => operation === 'ListResourceRecordSets'),
        ).toHaveLength(6);
        expect(waited).toEqual({ stdout: '', stderr: '' });
      },
      TIME,
    );

    it(
      'carries out what the documents change',
      async () => {
        const chosen = {
          SetIdentifier: 'primary',
          Failover: 'PRIMARY',
          HealthCheckId: chatbot.trafficObject?.healthCheck,
        };
        const record = { Name: chatbot.dns.record, Type: 'CNAME', TTL: 60, ...chosen };
        const ResourceRecords = [{ Value: chatbot.loadBalancers[WEST]?.host }];
        const batch = { Changes: [{ Action: 'UPSERT', ResourceRecordSet: { ...record, ResourceRecords } }] };
        await writeFile(join(directory, 'dns-failover.json'), JSON.stringify(batch));
        const groups = `{TargetGroupArn=${active},Weight=100},{TargetGroupArn=${standby},Weight=0}`;
        const actions = `Type=forward,ForwardConfig={TargetGroups=[${groups}]}`;

        const [promoted, changed, modified] = await Promise.all([
          aws('rds', 'promote-read-replica', '--db-instance-identifier', REPLICA, ...inWest),
          aws('route53', 'change-resource-record-sets', ...zone, '--change-batch', 'file://dns-failover.json'),
          aws('elbv2', 'modify-listener', '--listener-arn', listener, '--default-actions', actions, ...inWest),
        ]);
        await until(() => (sandbox.world.state.rds[WEST]?.[REPLICA]?.status === 'available' ? true : undefined));

        expect(JSON.parse(promoted.stdout)).toMatchObject({ DBInstance: { DBInstanceStatus: 'modifying' } });
        expect(JSON.parse(changed.stdout)).toMatchObject({ ChangeInfo: { Status: 'PENDING' } });
        expect(JSON.parse(modified.stdout)).toMatchObject({
          Listeners: [{ DefaultActions: [{ ForwardConfig: { TargetGroups: [{ Weight: 100 }, { Weight: 0 }] } }] }],
        });
        expect(sandbox.promoted).toEqual([REPLICA]);
        expect(sandbox.world.state.calls.filter(({ mutating, status }) => mutating && status === 200)).toHaveLength(3);
      },
      TIME,
    );

    it(
      'fails a Multi-AZ instance over, and tells of it',
      async () => {
        const reboot = ['rds', 'reboot-db-instance', '--force-failover', '--db-instance-identifier'];
        const source = ['--source-type', 'db-instance', '--source-identifier', PRIMARY];

        const [rebooted, refused] = await Promise.all([
          aws(...reboot, PRIMARY),
          aws(...reboot, REPLICA, '--region', WEST),
        ]);
        await until(() => (sandbox.world.state.rds[EAST]?.[PRIMARY]?.status === 'available' ? true : undefined));
        const { stdout } = await aws('rds', 'describe-events', ...source, '--query', 'Events[].Message');

        expect(JSON.parse(rebooted.stdout)).toMatchObject({ DBInstance: { DBInstanceStatus: 'rebooting' } });
        expect(refused.stderr).toContain('(InvalidParameterCombination) when calling the RebootDBInstance operation');
        expect(JSON.parse(stdout)).toEqual(expect.arrayContaining(['Multi-AZ instance failover completed']));
      },
      TIME,
    );

    it(
      'says what was refused in the service’s words',
      async () => {
        const record = {
          Name: `us-east-1.${chatbot.dns.record}`,
          Type: 'CNAME',
          TTL: 60,
          ResourceRecords: [{ Value: 'x.example.com' }],
        };
        const batch = JSON.stringify({ Changes: [{ Action: 'CREATE', ResourceRecordSet: record }] });

        const refusals = await Promise.all([
          aws('rds', 'promote-read-replica', '--db-instance-identifier', PRIMARY),
          aws('rds', 'failover-db-cluster', '--db-cluster-identifier', 'chatbot-cluster'),
          aws('route53', 'change-resource-record-sets', ...zone, '--change-batch', batch),
          aws('eks', 'describe-cluster', '--name', 'another', ...inWest),
        ]);

        const sentences = refusals.map(({ stderr }) => /An error occurred (.*)/.exec(stderr)?.[1]);
        expect(sentences).toEqual([
          '(InvalidDBInstanceState) when calling the PromoteReadReplica operation: DB Instance is not a read replica.',
          '(DBClusterNotFoundFault) when calling the FailoverDBCluster operation: DBCluster chatbot-cluster not found.',
          "(InvalidChangeBatch) when calling the ChangeResourceRecordSets operation: [Tried to create resource record set [name='us-east-1.api.chatbot.com.', type='CNAME'] but it already exists]",
          '(ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: another.',
        ]);
      },
      TIME,
    );
  });

if (programs.length === 0)
  it.skip('the AWS CLI looks, changes and is refused (skipped: aws is not installed)', () => {});
