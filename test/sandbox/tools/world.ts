import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createAuthority } from '../../../sandbox/authority.ts';
import { startAwsEndpoints } from '../../../sandbox/aws/index.ts';
import type { ToolCommand } from '../../../sandbox/control/wire.ts';
import { startDnsServers } from '../../../sandbox/dns/index.ts';
import { startEdge } from '../../../sandbox/edge/index.ts';
import { applicationConnection } from '../../../sandbox/kubernetes/initial.ts';
import { startKubernetesApis } from '../../../sandbox/kubernetes/server.ts';
import { startDatabases } from '../../../sandbox/postgres/databases.ts';
import { writeToolSettings } from '../../../sandbox/tools/commands.ts';
import { createWorldState } from '../../../sandbox/world/initial.ts';
import { World } from '../../../sandbox/world/world.ts';
import { createWorldClock } from '../../../src/domain/clock.ts';
import { freePort } from '../../../src/store/embedded/server.ts';
import { FULL, system } from '../kubernetes/world.ts';

/** What a command ended with. */
export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

export const isInstalled = (tool: string) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;

/** The simulated regions with real databases, and the settings for people's tools in a folder with a blank in its name. */
export async function startToolWorld() {
  const directory = await mkdtemp(join(tmpdir(), "lifeboat people's tools "));
  const closers: (() => unknown)[] = [() => rm(directory, { recursive: true, force: true })];
  const { primary, replica } = system.database;
  const ports = { [primary.instance]: await freePort(), [replica.instance]: await freePort() };
  const now = Date.now();
  const state = createWorldState({
    system,
    systemName: 'chatbot',
    seed: 1,
    now,
    profiles: { full: FULL },
    databasePorts: ports,
  });
  const world = new World(createWorldClock({ machine: now, world: now, speed: 60 }), state);
  const { password } = applicationConnection(system);
  const passwords = { lifeboat: 'with:colon\\', application: password, superuser: 's', replication: 'r' };
  const databaseDirectory = await mkdtemp(join(tmpdir(), 'lifeboat-tool-databases-'));
  closers.push(() => rm(databaseDirectory, { recursive: true, force: true, maxRetries: 5 }));
  const databases = await startDatabases(world, { directory: databaseDirectory, system, passwords });
  closers.push(() => databases.close());
  const authority = await createAuthority();
  const aws = await startAwsEndpoints(world, {
    promoteDatabase: (instance) => databases.promote(instance),
    servers: databases,
  });
  closers.push(() => aws.close());
  const kubernetes = await startKubernetesApis(world, { authority, system });
  closers.push(() => kubernetes.close());
  const dns = await startDnsServers(world, { system });
  closers.push(() => dns.close());
  const edge = await startEdge(world, { authority, system, resolver: dns.resolvers[0]?.address ?? '' });
  closers.push(() => edge.close());
  world.start();
  closers.push(() => world.stop());

  const [kubeconfig, certificate] = [join(directory, 'kubeconfig.yaml'), join(directory, 'authority.pem')];
  await writeFile(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
  await writeFile(certificate, authority.certificate);
  const tools = await writeToolSettings({
    directory: join(directory, 'tools'),
    system,
    kubeconfig,
    certificate,
    awsEndpoint: aws.account,
    databases: Object.values(state.rds).flatMap((instances) => Object.values(instances)),
    passwords,
    dns,
    proxyUrl: edge.proxyUrl,
  });
  const [prepare] = tools;

  return {
    world,
    tools,
    passwords,
    directory: join(directory, 'tools'),
    /** Runs a line in a shell that the page's first command has prepared. */
    async run(line: string): Promise<Ended> {
      // What people may have set for their real systems.
      const theirs = {
        AWS_ACCESS_KEY_ID: 'AKIAREAL',
        AWS_REGION: 'eu-west-1',
        PGPASSWORD: 'real',
        KUBECONFIG: '/real',
      };
      const child = spawn('bash', ['-euc', `${prepare?.command}\n${line}`], {
        env: { ...process.env, ...theirs },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr, status] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        new Promise<number | null>((resolve) => child.on('close', resolve)),
      ]);
      return { status, stdout, stderr };
    },
    of: (tool: ToolCommand['tool']) => tools.filter((command) => command.tool === tool),
    async close() {
      for (const closer of closers.reverse()) await closer();
    },
  };
}

export type ToolWorld = Awaited<ReturnType<typeof startToolWorld>>;
