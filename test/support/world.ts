import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { createAuthority } from '../../sandbox/authority.ts';
import { SANDBOX_CREDENTIALS, startAwsEndpoints } from '../../sandbox/aws/index.ts';
import { NO_SERVERS } from '../../sandbox/aws/rds/backups/index.ts';
import { startDnsServers } from '../../sandbox/dns/index.ts';
import { startEdge } from '../../sandbox/edge/index.ts';
import { testUserPassword } from '../../sandbox/edge/sign-in.ts';
import { applicationConnection } from '../../sandbox/kubernetes/initial.ts';
import { startKubernetesApis } from '../../sandbox/kubernetes/server.ts';
import { type Databases, startDatabases } from '../../sandbox/postgres/databases.ts';
import { backupsOf } from '../../sandbox/postgres/restore.ts';
import { createWorldState } from '../../sandbox/world/initial.ts';
import { databaseNames } from '../../sandbox/world/initial-databases.ts';
import { type Topology, USUAL_TOPOLOGY } from '../../sandbox/world/topology.ts';
import { World } from '../../sandbox/world/world.ts';
import { type Clients, createClients } from '../../src/adapters/index.ts';
import { createWorldClock } from '../../src/domain/clock.ts';
import type { System } from '../../src/domain/system.ts';
import { freePort } from '../../src/store/embedded/server.ts';
import { readSystem } from './system.ts';

/** Replicas of chatbot's profile `full`. */
const FULL = { 'chatbot-api': 20, 'websocket-service': 10, 'auth-service': 5 };
const PASSWORDS = { lifeboat: 'l-secret', superuser: 's-secret', replication: 'r-secret' };

export interface TestWorld {
  world: World;
  system: System;
  clients: Clients;
  databases: Databases;
  /** Mutating calls that the world carried out, like `rds PromoteReadReplica`, oldest first. */
  carriedOut(): string[];
  close(): Promise<void>;
}

export interface TestWorldOptions {
  /** World seconds per machine second. */
  speed?: number;
  /** Machine milliseconds. A look that waits out a silence is given a signal of its own, or fewer of them here. */
  observationTimeoutMs?: number;
  /** Start the PostgreSQL servers (some 2 s); without them nothing listens there. */
  withDatabases?: boolean;
  /** What stands behind the name of the primary database. */
  topology?: Topology;
}

/**
 * Chatbot's simulated regions, without Slack and without the bot, and the product's own clients pointed at them as
 * the environment would point them.
 */
export async function startTestWorld(options: TestWorldOptions = {}): Promise<TestWorld> {
  const { speed = 60, observationTimeoutMs = 10_000, withDatabases = false, topology = USUAL_TOPOLOGY } = options;
  const system = readSystem();
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-test-world-'));
  const closers: (() => unknown)[] = [() => process.env.KEEP_WORLD || rm(directory, { recursive: true, force: true })];
  const now = Date.now();
  const names = databaseNames(system, topology);
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const state = createWorldState({
    system,
    systemName: 'chatbot',
    seed: 1,
    now,
    profiles: { full: FULL },
    databasePorts: ports,
    topology,
  });
  const world = new World(createWorldClock({ machine: now, world: now, speed }), state);
  const passwords = { ...PASSWORDS, application: applicationConnection(system).password };
  const databases = withDatabases
    ? await startDatabases(world, { directory: join(directory, 'databases'), system, passwords })
    : noDatabases();
  closers.push(() => databases.close());
  const authority = await createAuthority();
  const promoteDatabase = (instance: string) => databases.promote(instance);
  const backups = withDatabases ? backupsOf(world, databases) : NO_SERVERS;
  const aws = await startAwsEndpoints(world, { promoteDatabase, backups, servers: databases });
  closers.push(() => aws.close());
  // What the night has kept is from before anybody writes.
  await aws.backupsKept;
  const kubernetes = await startKubernetesApis(world, { authority, system });
  closers.push(() => kubernetes.close());
  const dns = await startDnsServers(world, { system });
  closers.push(() => dns.close());
  const edge = await startEdge(world, { authority, system, resolver: dns.resolvers[0]?.address ?? '' });
  closers.push(() => edge.close());
  world.start();
  closers.push(() => world.stop());

  const kubeconfig = join(directory, 'kubeconfig.yaml');
  await writeFile(kubeconfig, kubernetes.kubeconfig, { mode: 0o600 });
  // What NODE_EXTRA_CA_CERTS and the AWS variables do for a process that is started with them.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), authority.certificate]);
  process.env.AWS_ACCESS_KEY_ID = SANDBOX_CREDENTIALS.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = SANDBOX_CREDENTIALS.secretAccessKey;
  const clients = createClients({
    awsEndpoints: { ...aws.regions, ...aws.routingControls, route53: aws.route53 },
    kubeconfig,
    dnsServers: [dns.authoritative],
    dnsResolvers: Object.fromEntries(dns.resolvers.map(({ name, address }) => [name, address])),
    httpsProxy: edge.proxyUrl,
    databaseTls: 'disable',
    secret: (name) => (name === system.journey?.password ? testUserPassword(system.journey.user) : passwords.lifeboat),
    observationTimeoutMs: () => observationTimeoutMs,
    patience: world.clock.patience,
  });
  closers.push(() => clients.close());
  return {
    world,
    system,
    clients,
    databases,
    carriedOut: () =>
      world.state.calls
        .filter(({ mutating, status }) => mutating && status < 300)
        .map(({ service, operation }) => `${service} ${operation}`),
    async close() {
      for (const closer of closers.reverse()) await closer();
    },
  };
}

/** What the simulated services ask of servers is done at once; nobody can ask a server for anything. */
function noDatabases(): Databases {
  const absent = async () => {
    throw new Error('This world was started without databases.');
  };
  const done = async () => undefined;
  const listening = async () => ({ port: await freePort() });
  return {
    endpoints: {},
    instances: () => [],
    isRunning: () => true,
    promote: done,
    createReplica: listening,
    rebuild: done,
    follow: done,
    seal: done,
    hasReceivedAll: async () => true,
    takeOver: done,
    crash: done,
    stop: done,
    start: done,
    restart: done,
    remove: done,
    rename: listening,
    pointAlias: listening,
    keepCopy: done,
    copies: () => [],
    removeCopy: done,
    restoreCopy: listening,
    query: absent,
    lagSeconds: () => 0,
    close: done,
  };
}
