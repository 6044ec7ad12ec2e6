import { execFile, spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../sandbox/aws/index.ts';
import { noteLine } from '../../../sandbox/monitoring/application-log.ts';
import { EAST, type Sandbox, startSandbox, WEST } from './sandbox.ts';

const TIME = 60_000;
const GROUP = '/aws/containerinsights/chatbot-cluster/application';
const run = promisify(execFile);

/** Every AWS CLI in PATH: older ones speak another protocol to CloudWatch. */
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

for (const program of programs)
  describe(program, () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await startSandbox();
      const now = sandbox.world.clock.now() + 600_000;
      sandbox.world.clock.now = () => now;
    });
    afterAll(() => sandbox.close());

    /** What a command line of a document prints; of a refused one, what it complains of. */
    async function aws(...command: string[]): Promise<string> {
      const env = {
        ...process.env,
        AWS_ACCESS_KEY_ID: SANDBOX_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: SANDBOX_CREDENTIALS.secretAccessKey,
        AWS_DEFAULT_REGION: EAST,
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        AWS_PAGER: '',
      };
      const words = ['--endpoint-url', sandbox.endpoints.account, ...command];
      const { stdout, stderr } = await run(program, words, { env }).catch(
        (error: { stdout: string; stderr: string }) => error,
      );
      return stdout || stderr;
    }

    it(
      'asks for regions, clusters, health, metrics, alarms and log lines as the documents do',
      async () => {
        const pod = Object.keys(sandbox.world.state.kubernetes[WEST]?.pods ?? {})[0] ?? '';
        noteLine(sandbox.world, WEST, { pod, level: 'error', message: 'connect ECONNREFUSED' });
        const minute = (minutes: number) => new Date(sandbox.world.clock.now() - minutes * 60_000).toISOString();
        const text = ['--output', 'text'];

        const [regions, cluster, health, cpu, alarms, lines] = await Promise.all([
          aws('ec2', 'describe-regions', '--query', 'Regions[].RegionName', ...text),
          aws(
            ...['eks', 'describe-cluster', '--name', 'chatbot-cluster', '--region', WEST],
            ...['--query', 'cluster.status', ...text],
          ),
          aws('health', 'describe-events'),
          aws(
            ...['cloudwatch', 'get-metric-statistics', '--namespace', 'AWS/RDS', '--metric-name', 'CPUUtilization'],
            ...['--dimensions', 'Name=DBInstanceIdentifier,Value=chatbot-prod', '--statistics', 'Average', 'Maximum'],
            ...['--start-time', minute(5), '--end-time', minute(0), '--period', '60'],
          ),
          aws('cloudwatch', 'describe-alarms', '--query', 'MetricAlarms[].[AlarmName,StateValue]', ...text),
          aws(
            ...['logs', 'filter-log-events', '--log-group-name', GROUP, '--region', WEST],
            ...['--filter-pattern', '?error ?ERROR', '--query', 'events[].message', ...text],
          ),
        ]);

        expect(regions.split(/\s+/).filter(Boolean)).toEqual([EAST, WEST]);
        expect(cluster).toBe('ACTIVE\n');
        expect(health).toContain('(SubscriptionRequiredException) when calling the DescribeEvents operation');
        const { Datapoints } = JSON.parse(cpu) as { Datapoints: { Average: number; Unit: string }[] };
        expect(Datapoints).toHaveLength(5);
        expect(Datapoints[0]).toMatchObject({ Average: expect.any(Number), Unit: 'Percent' });
        expect(alarms).toContain('chatbot-prod-cpu\tOK');
        expect(lines).toContain('connect ECONNREFUSED');
      },
      TIME,
    );

    it(
      'reads a secret and writes a version of it, as one does by hand',
      async () => {
        const secret = ['--secret-id', 'chatbot/database', '--region', WEST];
        const host = sandbox.world.state.kubernetes[WEST]?.secrets['db-credentials']?.data.host;

        const read = await aws(
          'secretsmanager',
          'get-secret-value',
          ...secret,
          '--query',
          'SecretString',
          '--output',
          'text',
        );
        const put = await aws('secretsmanager', 'put-secret-value', ...secret, '--secret-string', '{"host":"new"}');
        const [now, before, refused] = await Promise.all([
          aws('secretsmanager', 'get-secret-value', ...secret),
          aws('secretsmanager', 'get-secret-value', ...secret, '--version-stage', 'AWSPREVIOUS'),
          aws('secretsmanager', 'describe-secret', '--secret-id', 'nothing', '--region', WEST),
        ]);

        expect(JSON.parse(read)).toMatchObject({ host, dbname: 'chatbot', engine: 'postgres' });
        expect(JSON.parse(put)).toMatchObject({ Name: 'chatbot/database', VersionStages: ['AWSCURRENT'] });
        expect(JSON.parse(now)).toMatchObject({ SecretString: '{"host":"new"}' });
        expect(JSON.parse(before)).toMatchObject({ SecretString: read.trim() });
        expect(refused).toContain('(ResourceNotFoundException) when calling the DescribeSecret operation');
      },
      TIME,
    );
  });

if (programs.length === 0) {
  it('has no AWS CLI to try with', () => {
    expect(programs).toEqual([]);
  });
}
