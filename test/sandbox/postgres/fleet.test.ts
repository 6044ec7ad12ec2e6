import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
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

jest.setTimeout(30_000);

let started: Awaited<ReturnType<typeof startChatbotDatabases>>;
let databases: Databases;
const clients: pg.Client[] = [];
let nextId = 1;

beforeAll(async () => {
  started = await startChatbotDatabases(100);
  databases = started.databases;
});

afterEach(async () => {
  for (const fault of [...started.world.state.faults]) started.world.switchFault(fault, false);
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

async function writeTo(instance: string): Promise<number> {
  const client = await connectAs(databases, instance);
  clients.push(client);
  const id = nextId++;
  await write(client, id);
  return id;
}

const arrived = (instance: string, id: number) => until(async () => (await idsOf(databases, instance)).includes(id));

async function startedAt(instance: string): Promise<number> {
  const [row] = await databases.query<{ at: Date }>(instance, 'SELECT pg_postmaster_start_time() AS at');
  return row?.at.getTime() ?? Number.NaN;
}

describe('a fleet of servers', () => {
  it('grows by a replica of any instance, in any region, while it runs', async () => {
    await databases.createReplica({ instance: 'beside', region: EAST, source: PRIMARY });
    await databases.createReplica({ instance: 'cascaded', region: WEST, source: REPLICA });

    const id = await writeTo(PRIMARY);

    await arrived('beside', id);
    await arrived('cascaded', id);
    await expect(databases.createReplica({ instance: 'beside', region: EAST, source: PRIMARY })).rejects.toThrow(
      'has a database instance beside already',
    );
    expect(databases.instances()).toEqual([PRIMARY, REPLICA, 'beside', 'cascaded']);
    await databases.remove('cascaded');
    await expect(databases.query('cascaded', 'SELECT 1')).rejects.toThrow('no database instance cascaded');
  });

  it('is silent where a host is gone, and has every acknowledged row when it is back, as a server started anew', async () => {
    const before = await startedAt(PRIMARY);
    const kept = await writeTo(PRIMARY);

    await databases.crash(PRIMARY);
    const meanwhile = await settledWithin(
      connectAs(databases, PRIMARY).catch((error: unknown) => error),
      300,
    );
    await databases.start(PRIMARY);

    expect(meanwhile).toBe('silent');
    expect(await idsOf(databases, PRIMARY)).toContain(kept);
    expect(await startedAt(PRIMARY)).toBeGreaterThan(before);
    await arrived(REPLICA, await writeTo(PRIMARY));
  });

  it('refuses while a server is stopped, and lets its replicas stream again when it is started', async () => {
    await databases.stop(PRIMARY);

    await expect(connectAs(databases, PRIMARY)).rejects.toThrow();
    expect(databases.isRunning(PRIMARY)).toBe(false);
    await databases.start(PRIMARY);

    await arrived(REPLICA, await writeTo(PRIMARY));
  });

  it('holds back what only one replica is to receive no more', async () => {
    const receivers = () => databases.query('beside', 'SELECT FROM pg_stat_wal_receiver');
    started.world.switchFault({ name: 'broken-replica', target: 'beside' }, true);
    const id = await writeTo(PRIMARY);
    await arrived(REPLICA, id);

    await until(async () => (await receivers()).length === 0);
    const meanwhile = await idsOf(databases, 'beside');
    started.world.switchFault({ name: 'broken-replica', target: 'beside' }, false);

    expect(meanwhile).not.toContain(id);
    await arrived('beside', id);
  });

  it('takes few connections and answers late while it is overloaded, and is alive', async () => {
    started.world.switchFault({ name: 'database-overloaded', target: PRIMARY }, true);
    const [first, second] = [await connectAs(databases, PRIMARY), await connectAs(databases, PRIMARY)];
    clients.push(first, second);

    const turnedAway = await connectAs(databases, PRIMARY).catch((error: unknown) => error);
    const asked = performance.now();
    await first.query('SELECT 1');
    const took = performance.now() - asked;
    started.world.switchFault({ name: 'database-overloaded', target: PRIMARY }, false);

    expect(turnedAway).toMatchObject({
      code: '53300',
      message: expect.stringContaining('remaining connection slots are reserved'),
    });
    expect(took).toBeGreaterThan(500);
    expect(await writeTo(PRIMARY)).toBeGreaterThan(0);
  });

  it('keeps a copy, and goes on from it beside the original, up to a position of its log', async () => {
    await databases.keepCopy(PRIMARY, 'nightly');
    const inTime = await writeTo(PRIMARY);
    const [position] = await databases.query<{ lsn: string }>(PRIMARY, 'SELECT pg_current_wal_lsn() AS lsn');
    const tooLate = await writeTo(PRIMARY);

    await databases.restoreCopy('nightly', { instance: 'as-copied', region: EAST });
    await databases.restoreCopy('nightly', { instance: 'as-then', region: EAST, until: { lsn: position?.lsn ?? '' } });
    await databases.restoreCopy('nightly', { instance: 'as-now', region: EAST, until: 'latest' });
    await until(async () => {
      const rows = await databases.query<{ recovers: boolean }>('as-then', 'SELECT pg_is_in_recovery() AS recovers');
      return rows[0]?.recovers === false;
    });

    expect(await idsOf(databases, 'as-copied')).not.toContain(inTime);
    expect(await idsOf(databases, 'as-then')).toContain(inTime);
    expect(await idsOf(databases, 'as-then')).not.toContain(tooLate);
    expect(await idsOf(databases, 'as-now')).toContain(tooLate);
    expect(await writeTo('as-then')).toBeGreaterThan(0);
    await databases.removeCopy('nightly');
    expect(databases.copies()).toEqual([]);
  });

  it('gives a name with its port to another server, and the old one answers under a new name only', async () => {
    const { port } = databases.endpoints[PRIMARY] ?? {};
    const kept = await writeTo(PRIMARY);
    const rows = await idsOf(databases, 'as-copied');

    await databases.rename(PRIMARY, 'chatbot-prod-kept');
    const underOldName = databases.endpoints[PRIMARY];
    const renamed = await databases.rename('as-copied', PRIMARY);

    expect(underOldName).toBeUndefined();
    expect(renamed.port).toBe(port);
    expect(await idsOf(databases, PRIMARY)).toEqual(rows);
    expect(await idsOf(databases, 'chatbot-prod-kept')).toContain(kept);
    await arrived(REPLICA, await writeTo('chatbot-prod-kept'));
  });

  it('leads an alias to whichever instance it is pointed at, on one port', async () => {
    const { port } = await databases.pointAlias('cluster.example', PRIMARY);
    const ask = async () => {
      const client = await connectAs(databases, 'cluster.example');
      clients.push(client);
      return (await client.query<{ at: Date }>('SELECT pg_postmaster_start_time() AS at')).rows[0]?.at.getTime();
    };
    const first = await ask();

    const moved = await databases.pointAlias('cluster.example', REPLICA);
    const second = await ask();

    expect(moved.port).toBe(port);
    expect([first, second]).toEqual([await startedAt(PRIMARY), await startedAt(REPLICA)]);
  });

  it('acknowledges no write before a synchronous replica has it, and waits for none that is gone', async () => {
    await databases.createReplica({ instance: 'in-step', region: EAST, source: PRIMARY, synchronous: true });
    const synchronous = () =>
      databases.query<{ sync_state: string }>(
        PRIMARY,
        "SELECT sync_state FROM pg_stat_replication WHERE sync_state <> 'async'",
      );
    await until(async () => (await synchronous()).length === 1);

    await writeTo(PRIMARY);
    const inStep = await databases.hasReceivedAll('in-step');
    started.world.switchFault({ name: 'broken-replica', target: 'in-step' }, true);
    await writeTo(PRIMARY);
    const broken = await databases.hasReceivedAll('in-step');
    started.world.switchFault({ name: 'broken-replica', target: 'in-step' }, false);
    await databases.crash('in-step');
    await writeTo(PRIMARY);

    expect([inStep, broken]).toEqual([true, false]);
  });

  it('goes on with all its servers after a restart, those that were down too', async () => {
    const saved = JSON.parse(JSON.stringify(started.world.state.databases));
    await databases.close();
    databases = await started.restart();

    expect({ ...started.world.state.databases, innerPorts: saved.innerPorts }).toEqual(saved);
    expect(databases.instances().sort()).toEqual(Object.keys(saved.servers).sort());
    expect(databases.isRunning('in-step')).toBe(false);
    await arrived(REPLICA, await writeTo('chatbot-prod-kept'));
    await databases.start('in-step');
    await arrived('in-step', await writeTo(PRIMARY));
  });

  it('hands over to the synchronous replica, lets the others follow it, and makes the old primary its replica', async () => {
    await databases.createReplica({ instance: 'far', region: WEST, source: PRIMARY });
    const last = await writeTo(PRIMARY);
    await databases.takeOver('in-step', PRIMARY);
    await databases.takeOver('in-step', PRIMARY);
    await databases.pointAlias('cluster.example', 'in-step');

    const id = await writeTo('cluster.example');
    await databases.rebuild(PRIMARY, 'in-step', { synchronous: true });

    expect(await idsOf(databases, 'in-step')).toEqual(expect.arrayContaining([last, id]));
    await arrived(PRIMARY, id);
    await arrived('far', id);
    await expect(writeTo(PRIMARY)).rejects.toThrow('read-only');
  });

  it('is sealed against clients until its replica has all, and loses nothing when that takes over', async () => {
    const last = await writeTo('in-step');

    await databases.seal('in-step');
    await expect(connectAs(databases, 'in-step')).rejects.toThrow();
    await until(() => databases.hasReceivedAll('far'));
    await databases.takeOver('far', 'in-step');

    expect(await idsOf(databases, 'far')).toContain(last);
    await arrived(PRIMARY, await writeTo('far'));
  });
});
