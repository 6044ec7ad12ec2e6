import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeDBInstancesCommand, DescribeEventsCommand } from '@aws-sdk/client-rds';
import pg from 'pg';
import { type Databases, startDatabases } from '../../../../sandbox/postgres/databases.ts';
import { databaseAt } from '../../../../sandbox/world/database-address.ts';
import { createWorldState } from '../../../../sandbox/world/initial.ts';
import { databaseNames } from '../../../../sandbox/world/initial-databases.ts';
import type { Topology } from '../../../../sandbox/world/topology.ts';
import { freePort } from '../../../../src/store/embedded/server.ts';
import { chatbot, EAST, type Sandbox, startSandbox, until } from '../sandbox.ts';

const PASSWORDS = { lifeboat: 'l', application: 'a', superuser: 's', replication: 'r' };

/** A simulated account with real servers behind its instances. */
export interface Served {
  sandbox: Sandbox;
  databases: Databases;
  /** The instance as RDS describes it; undefined where there is none. */
  describe(identifier: string, region?: string): Promise<Awaited<ReturnType<typeof describeOne>>>;
  available(identifier: string, region?: string): Promise<void>;
  /** Messages of RDS's events, oldest first. */
  events(type: 'db-instance' | 'db-cluster', identifier: string, region?: string): Promise<string[]>;
  /** Writes a row as the application, at this host name, and gives its id; gives up connecting after so many milliseconds. */
  write(host: string, patience?: number): Promise<number>;
  ids(instance: string): Promise<number[]>;
  startedAt(instance: string): Promise<number>;
  close(): Promise<void>;
}

export async function startServed(topology: Topology, speed = 60): Promise<Served> {
  const names = databaseNames(chatbot, topology);
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const state = createWorldState({
    system: chatbot,
    systemName: 'chatbot',
    seed: 1,
    now: Date.UTC(2026, 0, 5, 9),
    databasePorts: ports,
    topology,
  });
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-test-served-'));
  let databases: Databases | undefined;
  const sandbox = await startSandbox({
    state,
    speed,
    async startServers(world) {
      databases = await startDatabases(world, { directory, system: chatbot, passwords: PASSWORDS });
      return databases;
    },
  });
  if (!databases) throw new Error('the servers were not started');
  const servers = databases;
  let nextId = 1;
  return {
    sandbox,
    databases: servers,
    describe: (identifier, region) => describeOne(sandbox, identifier, region),
    async available(identifier, region) {
      await until(async () =>
        (await describeOne(sandbox, identifier, region))?.DBInstanceStatus === 'available' ? true : undefined,
      );
    },
    async events(SourceType, SourceIdentifier, region = EAST) {
      const { Events } = await sandbox.rds(region).send(new DescribeEventsCommand({ SourceType, SourceIdentifier }));
      return (Events ?? []).map(({ Message }) => Message ?? '');
    },
    async write(host, patience = 20_000) {
      const id = nextId++;
      const client = new pg.Client({
        host: '127.0.0.1',
        port: databaseAt(state, host)?.port ?? 0,
        user: 'chatbot_app',
        password: PASSWORDS.application,
        database: 'chatbot',
        connectionTimeoutMillis: patience,
      });
      client.on('error', () => undefined);
      await client.connect();
      try {
        await client.query('INSERT INTO messages (id) VALUES ($1)', [id]);
      } finally {
        await client.end().catch(() => undefined);
      }
      return id;
    },
    async ids(instance) {
      const rows = await servers.query<{ id: string }>(instance, 'SELECT id FROM messages WHERE id > 0');
      return rows.map(({ id }) => Number(id));
    },
    async startedAt(instance) {
      const [row] = await servers.query<{ at: Date }>(instance, 'SELECT pg_postmaster_start_time() AS at');
      return row?.at.getTime() ?? Number.NaN;
    },
    async close() {
      await sandbox.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function describeOne(sandbox: Sandbox, identifier: string, region = EAST) {
  const command = new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-instance-id', Values: [identifier] }] });
  return (await sandbox.rds(region).send(command)).DBInstances?.[0];
}
