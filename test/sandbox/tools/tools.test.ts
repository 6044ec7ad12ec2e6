import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ToolCommand } from '../../../sandbox/control/wire.ts';
import { EAST, system, WEST } from '../kubernetes/world.ts';
import { type Ended, isInstalled, startToolWorld, type ToolWorld } from './world.ts';

const PRIMARY = system.database.primary.instance;
const REPLICA = system.database.replica.instance;
let world: ToolWorld;
beforeAll(async () => {
  world = await startToolWorld();
});
afterAll(() => world.close());

/** Tests of a tool: skipped, and counted as such, where it is not installed. */
const withTool = (tool: string) => (isInstalled(tool) ? it : it.skip);

/** What each of the page's commands of one tool ends with, side by side: every one of them well, and with an answer. */
async function runAll(tool: ToolCommand['tool']): Promise<(Ended & { title: string })[]> {
  const answers = await Promise.all(
    world.of(tool).map(async ({ title, command }) => ({ title, ...(await world.run(command)) })),
  );
  expect(answers.length).toBeGreaterThan(0);
  expect(answers.filter(({ status, stdout }) => status !== 0 || stdout.trim() === '')).toEqual([]);
  return answers;
}

/** Cells of psql's and the AWS CLI's tables. */
const cells = (table: string) => table.split(/[\s|+-]{2,}|\n/).filter(Boolean);

describe('what is written', () => {
  it('can be read by its owner alone', async () => {
    const entries = await readdir(world.directory, { recursive: true });
    const modes = await Promise.all(
      entries.map(async (name) => [name, ((await stat(join(world.directory, name))).mode & 0o777).toString(8)]),
    );

    expect(Object.fromEntries(modes)).toEqual({
      'aws-config': '600',
      'aws-credentials': '600',
      bin: '700',
      'bin/aws': '700',
      'curl.conf': '600',
      'env.sh': '600',
      'pg_service.conf': '600',
      pgpass: '600',
      'test-user.json': '600',
    });
  });

  it('keeps passwords and keys out of the commands and the environment', async () => {
    const text = JSON.stringify(world.tools) + (await readFile(join(world.directory, 'env.sh'), 'utf8'));

    const secrets = [
      world.passwords.lifeboat,
      world.passwords.application,
      'only-the-simulated-account-knows-this-key',
    ];

    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('begins with what prepares a shell, and has commands of every tool that only look', () => {
    const [first] = world.tools;

    expect(first).toMatchObject({ tool: 'shell', command: expect.stringMatching(/^source .*env\.sh/) });
    expect([...new Set(world.tools.map(({ tool }) => tool))]).toEqual([
      'shell',
      'dig',
      'aws',
      'kubectl',
      'psql',
      'curl',
    ]);
    for (const { command } of world.of('aws')) expect(command).toMatch(/^aws [\w-]+ (describe|list|get)-/);
    for (const { command } of world.of('kubectl')) expect(command).toMatch(/ (get|rollout status) /);
    for (const { command } of world.of('psql')) expect(command).toMatch(/ -c ["']SELECT /);
  });

  it('can be sourced twice', async () => {
    const { status, stdout } = await world.run(`${world.tools[0]?.command}; printf '%s\\n' "$PATH" "$AWS_PROFILE"`);

    const [path, profile] = stdout.split('\n');
    expect([status, profile]).toEqual([0, 'lifeboat']);
    expect(path?.split(':').filter((folder) => folder.startsWith(world.directory))).toHaveLength(1);
  });
});

describe('the commands of the page (skipped where a tool is not installed)', () => {
  withTool('dig')('dig: who is sent where', async () => {
    const answers = await runAll('dig');

    const east = system.loadBalancers[EAST]?.host;
    expect(answers.map(({ title }) => title.split(' ').slice(0, 2).join(' '))).toEqual([
      "What cloudflare's",
      "What google's",
      'What the',
    ]);
    for (const { stdout } of answers)
      expect(stdout).toMatch(new RegExp(`${system.dns.record}\\.\\s+\\d+.*CNAME\\s+${east}`));
  });

  withTool('aws')('aws: databases, records, load balancers', async () => {
    const answers = await runAll('aws');

    const [east, west, aliases, weights, , targets, fewer, controls, identity] = answers.map(({ stdout }) => stdout);
    expect(east).toContain(PRIMARY);
    expect(cells(west ?? '')).toEqual(expect.arrayContaining([REPLICA, 'available']));
    expect(aliases).toContain(`${system.dns.record}.`);
    expect(cells(weights ?? '')).toEqual(expect.arrayContaining([system.loadBalancers[EAST]?.active, '100', '0']));
    expect([cells(targets ?? '').slice(-2), cells(fewer ?? '').slice(-2)]).toEqual([
      ['20', '20'],
      ['2', '2'],
    ]);
    expect(cells(controls ?? '').slice(-4)).toEqual([EAST, 'On', WEST, 'Off']);
    expect(JSON.parse(identity ?? '')).toMatchObject({ Account: '123456789012' });
  });

  withTool('kubectl')('kubectl: deployments, pods, rollout', async () => {
    const answers = await runAll('kubectl');

    const [east, west, pods, rollout] = answers.map(({ stdout }) => stdout);
    for (const name of system.kubernetes.deployments) {
      expect([east, west]).toEqual([expect.stringContaining(name), expect.stringContaining(name)]);
    }
    expect(pods).toContain('chatbot-api-');
    expect(rollout).toContain('successfully rolled out');
  });

  withTool('psql')('psql: roles, replication, logins, rows', async () => {
    const insert = 'INSERT INTO messages (id) VALUES (41)';
    const inserted = await world.run(`psql 'service=${PRIMARY} user=chatbot_app' -qc '${insert}'`);
    const answers = await runAll('psql');

    expect(inserted.status).toBe(0);
    const [primary, replica, sender, receiver, user] = answers.map(({ stdout }) => stdout);
    expect(cells(primary ?? '').slice(4, 8)).toEqual(['f', 't', '3001', '41']);
    expect(cells(replica ?? '').slice(4, 6)).toEqual(['t', 't']);
    expect(cells(sender ?? '')).toEqual(expect.arrayContaining([REPLICA, 'streaming']));
    expect(receiver).toMatch(/\d+\/[0-9A-F]+/);
    expect(cells(user ?? '')).toContain('chatbot_app');
  });

  withTool('curl')('curl: health and readiness through the proxy', async () => {
    const answers = await runAll('curl');

    const told = answers.map(({ stdout }) => JSON.parse(stdout) as { status?: string; user?: string });
    expect(told.map(({ status, user }, index) => [status ?? user, answers[index]?.stderr.split(' after')[0]])).toEqual([
      ['healthy', 'HTTP 200'],
      ['ready', 'HTTP 200'],
      ['ready', 'HTTP 200'],
      [system.journey?.user, 'HTTP 200'],
    ]);
  });
});

describe('tools and a region that fails (skipped where a tool is not installed)', () => {
  const toPrimary = (seconds: number) => `psql 'service=${PRIMARY} connect_timeout=${seconds}' -c 'SELECT 1'`;
  const toReplica = `psql 'service=${REPLICA} user=chatbot_app' -tc 'SELECT 1'`;

  withTool('psql')(
    'psql waits in vain while it hangs, is refused while it refuses, and gets in afterwards',
    async () => {
      world.world.switchFault({ name: 'region-down', target: EAST }, true);
      const [hung, elsewhere] = await Promise.all([world.run(toPrimary(2)), world.run(toReplica)]);
      world.world.switchFault({ name: 'region-down', target: EAST }, false);
      world.world.switchFault({ name: 'region-refuse', target: EAST }, true);
      const refused = await world.run(toPrimary(20));
      world.world.switchFault({ name: 'region-refuse', target: EAST }, false);
      const back = await world.run(toPrimary(20));

      expect(hung).toMatchObject({ status: 2, stderr: expect.stringContaining('timeout expired') });
      expect(elsewhere).toMatchObject({ status: 0, stdout: expect.stringContaining('1') });
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(/Connection re(set|fused)|server closed the connection/);
      expect(back.status).toBe(0);
    },
  );

  withTool('psql')('psql shows that logins were taken away', async () => {
    const application = `psql 'service=${PRIMARY} user=chatbot_app' -c 'SELECT 1'`;

    const fenced = await world.run(`psql service=${PRIMARY} -qc 'ALTER ROLE chatbot_app NOLOGIN'`);
    const [shown, kept] = await Promise.all([world.run(world.of('psql')[0]?.command ?? ''), world.run(application)]);
    await world.run(`psql service=${PRIMARY} -qc 'ALTER ROLE chatbot_app LOGIN'`);

    expect(fenced).toMatchObject({ status: 0, stderr: '' });
    expect(cells(shown.stdout).slice(4, 6)).toEqual(['f', 'f']);
    expect(kept.stderr).toContain('role "chatbot_app" is not permitted to log in');
  });

  withTool('curl')('curl says what the health endpoint answers, and is cut off by a region that refuses', async () => {
    const [health, eastReady, westReady] = world.of('curl').map(({ command }) => command);
    world.world.switchFault({ name: 'region-refuse', target: EAST }, true);

    const [users, east, west] = await Promise.all([health, eastReady, westReady].map((line) => world.run(line ?? '')));
    world.world.switchFault({ name: 'region-refuse', target: EAST }, false);

    expect([users?.status, east?.status, west?.status]).toEqual([expect.any(Number), expect.any(Number), 0]);
    expect([users?.status, east?.status]).not.toContain(0);
    expect(JSON.parse(west?.stdout ?? '')).toMatchObject({ status: 'ready', region: WEST });
  });
});
