import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parse } from 'yaml';
import { type Databases, startDatabases } from '../../../sandbox/postgres/databases.ts';
import { World } from '../../../sandbox/world/world.ts';
import { createWorldClock } from '../../../src/domain/clock.ts';
import { System } from '../../../src/domain/system.ts';

export const EAST = 'us-east-1';
export const WEST = 'us-west-2';
export const PRIMARY = 'chatbot-prod';
export const REPLICA = 'chatbot-prod-replica-west';

const passwords = { lifeboat: 'l-secret', application: 'a-secret', superuser: 's-secret', replication: "r'\\secret" };

/** A world with chatbot's two servers; its clock runs at `speed` world seconds per machine second. */
export async function startChatbotDatabases(speed = 1) {
  const system = System.parse(parse(await readFile('runbooks/chatbot/system.yaml', 'utf8')));
  const startedAt = Date.now();
  const clock = createWorldClock({ machine: startedAt, world: startedAt, speed });
  const world = new World(clock, {
    version: 1,
    seed: 1,
    startedAt,
    ordinals: {},
    scheduled: [],
    faults: [],
    calls: [],
    transitions: [],
    rds: {},
    route53: { zones: {}, changes: {} },
    elbv2: {},
    kubernetes: {},
  });
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-test-databases-'));
  const start = (reuse: boolean) => startDatabases(world, { directory, system, passwords, reuse });
  const databases = await start(false);
  return { world, databases, directory, restart: () => start(true), remove: () => rm(directory, { recursive: true }) };
}

/** A client that comes through the gate of an instance. */
export async function connectAs(
  databases: Databases,
  instance: string,
  role: 'lifeboat' | 'chatbot_app' = 'chatbot_app',
): Promise<pg.Client> {
  const password = role === 'lifeboat' ? passwords.lifeboat : passwords.application;
  const client = new pg.Client({
    ...databases.endpoints[instance],
    user: role,
    password,
    database: 'chatbot',
    connectionTimeoutMillis: 20_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Writes one row as the application does. */
export async function write(client: pg.Client, id: number): Promise<void> {
  await client.query('INSERT INTO messages (id) VALUES ($1)', [id]);
}

/** The ids that an instance has, asked past its gate. */
export async function idsOf(databases: Databases, instance: string): Promise<number[]> {
  const rows = await databases.query<{ id: string }>(instance, 'SELECT id FROM messages WHERE id > 0 ORDER BY id');
  return rows.map((row) => Number(row.id));
}

/** `'silent'` when `promise` does not settle within `milliseconds` of machine time. */
export async function settledWithin<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value | 'silent'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'silent'>((resolve) => {
    timer = setTimeout(() => resolve('silent'), milliseconds);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
