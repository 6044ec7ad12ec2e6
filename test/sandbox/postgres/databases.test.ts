import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { Databases } from '../../../sandbox/postgres/databases.ts';
import { until } from '../../store/embedded/users.ts';
import {
  connectAs,
  EAST,
  idsOf,
  PRIMARY,
  REPLICA,
  settledWithin,
  startChatbotDatabases,
  WEST,
  write,
} from './world.ts';

const SPEED = 100;
let started: Awaited<ReturnType<typeof startChatbotDatabases>>;
let databases: Databases;
const clients: pg.Client[] = [];
let nextId = 1;

beforeAll(async () => {
  started = await startChatbotDatabases(SPEED);
  databases = started.databases;
});

afterEach(async () => {
  for (const fault of [...started.world.state.faults]) started.world.switchFault(fault, false);
  started.world.setSpeed(SPEED);
  for (const client of clients.splice(0))
    await settledWithin(
      client.end().catch(() => undefined),
      100,
    );
});

afterAll(async () => {
  await databases.close();
  await started.remove();
});

async function enter(instance: string, role?: 'lifeboat' | 'chatbot_app'): Promise<pg.Client> {
  const client = await connectAs(databases, instance, role);
  clients.push(client);
  return client;
}

async function writeNext(client: pg.Client): Promise<number> {
  const id = nextId++;
  await write(client, id);
  return id;
}

it('replicates what the application writes, and keeps the replica read-only', async () => {
  const [primary, replica] = [await enter(PRIMARY), await enter(REPLICA)];

  const id = await writeNext(primary);

  await until(async () => (await idsOf(databases, REPLICA)).includes(id));
  await expect(write(replica, 0)).rejects.toThrow('read-only transaction');
});

it("gives Lifeboat's role what fencing needs, and no superuser's powers", async () => {
  const lifeboat = await enter(PRIMARY, 'lifeboat');
  const application = await enter(PRIMARY);
  const ended = new Promise((resolve) => application.once('error', resolve));

  await lifeboat.query('ALTER ROLE chatbot_app NOLOGIN');
  const killed = await lifeboat.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'chatbot_app'",
  );
  await ended;

  expect(killed.rows).toEqual([{ pg_terminate_backend: true }]);
  await expect(enter(PRIMARY)).rejects.toThrow('role "chatbot_app" is not permitted to log in');
  await lifeboat.query('ALTER ROLE chatbot_app LOGIN');
  await expect(writeNext(await enter(PRIMARY))).resolves.toBeGreaterThan(0);
  await lifeboat.query('CREATE TABLE lifeboat_probe (id int); DROP TABLE lifeboat_probe');
  await expect(lifeboat.query('ALTER ROLE rdsadmin NOLOGIN')).rejects.toThrow('permission denied');
  await expect(lifeboat.query("COPY (SELECT 1) TO PROGRAM 'true'")).rejects.toThrow('permission denied');
  await expect(lifeboat.query("SELECT pg_read_file('PG_VERSION')")).rejects.toThrow('permission denied');
  await expect(lifeboat.query('SELECT pg_promote()')).rejects.toThrow(/permission denied|not in progress/);
});

it("shows Lifeboat's role positions and sessions", async () => {
  const [primary, replica] = [await enter(PRIMARY, 'lifeboat'), await enter(REPLICA, 'lifeboat')];

  const written = await primary.query('SELECT pg_current_wal_lsn() AS lsn, state FROM pg_stat_replication');
  const received = await replica.query('SELECT pg_last_wal_receive_lsn() AS lsn, status FROM pg_stat_wal_receiver');

  expect(written.rows).toEqual([{ lsn: expect.any(String), state: 'streaming' }]);
  expect(received.rows).toEqual([{ lsn: expect.any(String), status: 'streaming' }]);
});

it('is silent while the region hangs, cuts what hung when that ends, and serves new connections', async () => {
  const before = await enter(PRIMARY);
  const cut = new Promise((resolve) => before.once('error', resolve));

  started.world.switchFault({ name: 'region-down', target: EAST }, true);
  const answer = await settledWithin(
    before.query('SELECT 1').catch(() => 'cut'),
    300,
  );
  const connecting = connectAs(databases, PRIMARY).catch(() => 'cut');
  const connected = await settledWithin(connecting, 300);
  const elsewhere = await enter(REPLICA);
  started.world.switchFault({ name: 'region-down', target: EAST }, false);

  expect([answer, connected]).toEqual(['silent', 'silent']);
  expect((await elsewhere.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await cut;
  expect(await connecting).toBe('cut');
  await expect(writeNext(await enter(PRIMARY))).resolves.toBeGreaterThan(0);
});

it('refuses at once, and cuts what is open, while the region refuses', async () => {
  const before = await enter(PRIMARY);
  const cut = new Promise((resolve) => before.once('error', resolve));

  started.world.switchFault({ name: 'region-refuse', target: EAST }, true);

  await cut;
  await expect(enter(PRIMARY)).rejects.toThrow(/ECONNRESET|ECONNREFUSED|terminated/);
});

it('stops replication while either region is down, and catches up afterwards', async () => {
  const primary = await enter(PRIMARY);

  started.world.switchFault({ name: 'region-down', target: WEST }, true);
  const id = await writeNext(primary);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const meanwhile = await idsOf(databases, REPLICA);
  started.world.switchFault({ name: 'region-down', target: WEST }, false);

  expect(meanwhile).not.toContain(id);
  await until(async () => (await idsOf(databases, REPLICA)).includes(id));
});

it('lets changes arrive late, in world time, and not be received before', async () => {
  const primary = await enter(PRIMARY);
  const received = 'SELECT pg_last_wal_receive_lsn() AS lsn';
  const settled = await writeNext(primary);
  await until(async () => (await idsOf(databases, REPLICA)).includes(settled));

  started.world.switchFault({ name: 'replica-lag', seconds: 600 }, true);
  // Half a minute of the machine.
  started.world.setSpeed(20);
  const [position] = await databases.query<{ lsn: string }>(REPLICA, received);
  const sentAt = started.world.clock.now();
  const id = await writeNext(primary);
  await until(() => databases.lagSeconds() > 20);
  const [meanwhile] = await databases.query<{ lsn: string }>(REPLICA, received);
  started.world.setSpeed(1000);
  await until(async () => (await idsOf(databases, REPLICA)).includes(id));
  const late = (started.world.clock.now() - sentAt) / 1000;

  expect(meanwhile).toEqual(position);
  expect(late).toBeGreaterThanOrEqual(600);
});

// The last one: it ends this pair of servers as a pair.
it('never delivers what was under way when the region went down, promotes for good, and survives a restart', async () => {
  const primary = await enter(PRIMARY);
  const kept = await writeNext(primary);
  await until(async () => (await idsOf(databases, REPLICA)).includes(kept));
  started.world.switchFault({ name: 'replica-lag', seconds: 3600 }, true);
  const lost = await writeNext(primary);

  started.world.switchFault({ name: 'region-down', target: EAST }, true);
  await databases.promote(REPLICA);
  await databases.promote(REPLICA);
  const newPrimary = await enter(REPLICA);
  const next = await writeNext(newPrimary);
  started.world.switchFault({ name: 'region-down', target: EAST }, false);
  await databases.close();
  databases = await started.restart();

  const ids = await idsOf(databases, REPLICA);
  expect(ids).toEqual(expect.arrayContaining([kept, next]));
  expect(ids).not.toContain(lost);
  expect(await idsOf(databases, PRIMARY)).toContain(lost);
  await expect(writeNext(await enter(REPLICA))).resolves.toBeGreaterThan(next);
});
