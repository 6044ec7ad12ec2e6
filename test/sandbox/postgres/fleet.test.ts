import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
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

type Started = Awaited<ReturnType<typeof startChatbotDatabases>>;

const clients: pg.Client[] = [];
let nextId = 1;

afterEach(async () => {
  for (const client of clients.splice(0))
    await settledWithin(
      client.end().catch(() => undefined),
      100,
    );
});

async function writeTo({ databases }: Started, instance: string): Promise<number> {
  const client = await connectAs(databases, instance);
  clients.push(client);
  const id = nextId++;
  await write(client, id);
  return id;
}

const arrived = ({ databases }: Started, instance: string, id: number) =>
  until(async () => (await idsOf(databases, instance)).includes(id));

async function startedAt({ databases }: Started, instance: string): Promise<number> {
  const [row] = await databases.query<{ at: Date }>(instance, 'SELECT pg_postmaster_start_time() AS at');
  return row?.at.getTime() ?? Number.NaN;
}

/** Runs a test in a world of its own. */
function alone(use: (started: Started) => Promise<void>): () => Promise<void> {
  return async () => {
    const started = await startChatbotDatabases(100);
    try {
      await use(started);
    } finally {
      await started.databases.close();
      await started.remove();
    }
  };
}

describe('a fleet of servers', () => {
  let shared: Started;
  beforeAll(async () => {
    shared = await startChatbotDatabases(100);
  });
  // Each test leaves the world as it has found it.
  afterEach(async () => {
    for (const fault of [...shared.world.state.faults]) shared.world.switchFault(fault, false);
    const { databases } = shared;
    for (const name of databases.instances()) if (name !== PRIMARY && name !== REPLICA) await databases.remove(name);
    await databases.start(PRIMARY);
  });
  afterAll(async () => {
    await shared.databases.close();
    await shared.remove();
  });

  it('grows by a replica of any instance, in any region, while it runs', async () => {
    const { databases } = shared;
    await databases.createReplica({ instance: 'near', region: EAST, source: PRIMARY });
    await databases.createReplica({ instance: 'cascaded', region: WEST, source: REPLICA });

    const id = await writeTo(shared, PRIMARY);

    await arrived(shared, 'near', id);
    await arrived(shared, 'cascaded', id);
    await expect(databases.createReplica({ instance: 'near', region: EAST, source: PRIMARY })).rejects.toThrow(
      'has a database instance near already',
    );
    expect(databases.instances()).toEqual([PRIMARY, REPLICA, 'near', 'cascaded']);
    await databases.remove('cascaded');
    await expect(databases.query('cascaded', 'SELECT 1')).rejects.toThrow('no database instance cascaded');
  });

  it('keeps nothing of a server that could not be made, and its name is free', async () => {
    const { databases, world } = shared;
    await databases.keepCopy(PRIMARY, 'broken');
    const copy = world.state.databases?.copies.broken?.folder ?? '';
    await rm(join(shared.directory, copy, 'data', 'global'), { recursive: true });

    const making = databases.restoreCopy('broken', { instance: 'half', region: EAST });
    const listed = until(async () => databases.instances().includes('half'));
    const meanwhile = Promise.race([listed, making.catch(() => undefined)]).then(() =>
      Object.keys(databases.endpoints),
    );
    await expect(making).rejects.toThrow();

    expect(await meanwhile).toEqual([PRIMARY, REPLICA]);
    expect(databases.instances()).toEqual([PRIMARY, REPLICA]);
    await databases.createReplica({ instance: 'half', region: EAST, source: PRIMARY });
    await arrived(shared, 'half', await writeTo(shared, PRIMARY));
    await databases.removeCopy('broken');
  });

  it('is silent where a host is gone, and has every acknowledged row when it is back, as a server started anew', async () => {
    const { databases } = shared;
    const before = await startedAt(shared, PRIMARY);
    const kept = await writeTo(shared, PRIMARY);

    await databases.crash(PRIMARY);
    const meanwhile = await settledWithin(
      connectAs(databases, PRIMARY).catch((error: unknown) => error),
      300,
    );
    await databases.start(PRIMARY);

    expect(meanwhile).toBe('silent');
    expect(await idsOf(databases, PRIMARY)).toContain(kept);
    expect(await startedAt(shared, PRIMARY)).toBeGreaterThan(before);
    await arrived(shared, REPLICA, await writeTo(shared, PRIMARY));
  });

  it('refuses while a server is stopped, and lets its replicas stream again when it is started', async () => {
    const { databases } = shared;
    await databases.stop(PRIMARY);

    await expect(connectAs(databases, PRIMARY)).rejects.toThrow();
    expect(databases.isRunning(PRIMARY)).toBe(false);
    await databases.start(PRIMARY);

    await arrived(shared, REPLICA, await writeTo(shared, PRIMARY));
  });

  it('holds back what only one replica is to receive no more', async () => {
    const { databases, world } = shared;
    await databases.createReplica({ instance: 'beside', region: EAST, source: PRIMARY });
    const receivers = () => databases.query('beside', 'SELECT FROM pg_stat_wal_receiver');
    world.switchFault({ name: 'broken-replica', target: 'beside' }, true);
    const id = await writeTo(shared, PRIMARY);
    await arrived(shared, REPLICA, id);

    await until(async () => (await receivers()).length === 0);
    const meanwhile = await idsOf(databases, 'beside');
    world.switchFault({ name: 'broken-replica', target: 'beside' }, false);

    expect(meanwhile).not.toContain(id);
    await arrived(shared, 'beside', id);
  });

  it('takes few connections and answers late while it is overloaded, and is alive', async () => {
    const { databases, world } = shared;
    world.switchFault({ name: 'database-overloaded', target: PRIMARY }, true);
    const [first, second] = [await connectAs(databases, PRIMARY), await connectAs(databases, PRIMARY)];
    clients.push(first, second);

    const turnedAway = await connectAs(databases, PRIMARY).catch((error: unknown) => error);
    const asked = performance.now();
    await first.query('SELECT 1');
    const took = performance.now() - asked;
    world.switchFault({ name: 'database-overloaded', target: PRIMARY }, false);

    expect(turnedAway).toMatchObject({
      code: '53300',
      message: expect.stringContaining('remaining connection slots are reserved'),
    });
    expect(took).toBeGreaterThan(500);
    expect(await writeTo(shared, PRIMARY)).toBeGreaterThan(0);
  });

  it('keeps a copy, and goes on from it beside the original, up to a position of its log', async () => {
    const { databases } = shared;
    await databases.keepCopy(PRIMARY, 'nightly');
    const inTime = await writeTo(shared, PRIMARY);
    const [position] = await databases.query<{ lsn: string }>(PRIMARY, 'SELECT pg_current_wal_lsn() AS lsn');
    const tooLate = await writeTo(shared, PRIMARY);

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
    expect(await writeTo(shared, 'as-then')).toBeGreaterThan(0);
    await databases.removeCopy('nightly');
    expect(databases.copies()).toEqual([]);
  });

  it('leads an alias to whichever instance it is pointed at, on one port', async () => {
    const { databases } = shared;
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
    expect([first, second]).toEqual([await startedAt(shared, PRIMARY), await startedAt(shared, REPLICA)]);
  });

  it('acknowledges no write before a synchronous replica has it, and waits for none that is gone', async () => {
    const { databases, world } = shared;
    await databases.createReplica({ instance: 'in-step', region: EAST, source: PRIMARY, synchronous: true });
    const synchronous = () =>
      databases.query<{ sync_state: string }>(
        PRIMARY,
        "SELECT sync_state FROM pg_stat_replication WHERE sync_state <> 'async'",
      );
    await until(async () => (await synchronous()).length === 1);

    // By the place of the row itself: what the primary writes on its own comes after it at any time.
    const insert = `INSERT INTO messages (id) VALUES (${nextId++}) RETURNING pg_current_wal_insert_lsn()::text AS lsn`;
    const [row] = await databases.query<{ lsn: string }>(PRIMARY, insert);
    const received = `SELECT pg_last_wal_receive_lsn() >= '${row?.lsn}' AS has`;
    const [inStep] = await databases.query<{ has: boolean }>('in-step', received);
    await until(() => databases.hasReceivedAll('in-step'));
    world.switchFault({ name: 'broken-replica', target: 'in-step' }, true);
    await writeTo(shared, PRIMARY);
    const broken = await databases.hasReceivedAll('in-step');
    world.switchFault({ name: 'broken-replica', target: 'in-step' }, false);
    await databases.crash('in-step');
    await writeTo(shared, PRIMARY);

    expect([inStep?.has, broken]).toEqual([true, false]);
  });
});

it(
  'gives a name with its port to another server, and the old one answers under a new name only',
  alone(async (started) => {
    const { databases, world } = started;
    await databases.keepCopy(PRIMARY, 'nightly');
    const { port } = databases.endpoints[PRIMARY] ?? {};
    const kept = await writeTo(started, PRIMARY);
    await databases.restoreCopy('nightly', { instance: 'as-copied', region: EAST });

    await databases.rename(PRIMARY, 'chatbot-prod-kept');
    const underOldName = databases.endpoints[PRIMARY];
    const renamed = await databases.rename('as-copied', PRIMARY);

    expect(underOldName).toBeUndefined();
    expect(renamed.port).toBe(port);
    expect(await idsOf(databases, PRIMARY)).toEqual([]);
    expect(await idsOf(databases, 'chatbot-prod-kept')).toContain(kept);
    await arrived(started, REPLICA, await writeTo(started, 'chatbot-prod-kept'));

    // Somebody else listens where the name was reached before: another port is as good.
    const other = createServer().listen(world.state.databases?.ports['as-copied'], '127.0.0.1');
    const elsewhere = await databases.rename(PRIMARY, 'as-copied');
    const taken = other.address();
    await new Promise((resolve) => other.close(resolve));

    expect(taken).not.toMatchObject({ port: elsewhere.port });
    expect(await writeTo(started, 'as-copied')).toBeGreaterThan(0);
  }),
);

describe('after a restart', () => {
  it(
    'goes on with all its servers, those that were down and those that were sealed too',
    alone(async (started) => {
      const { databases, world } = started;
      await databases.createReplica({ instance: 'in-step', region: EAST, source: PRIMARY, synchronous: true });
      await databases.rename(PRIMARY, 'chatbot-prod-kept');
      await databases.crash('in-step');
      const last = await writeTo(started, 'chatbot-prod-kept');
      await databases.seal('chatbot-prod-kept');
      const saved = JSON.parse(JSON.stringify(world.state.databases));
      await databases.close();
      started.databases = await started.restart();

      expect({ ...world.state.databases, innerPorts: saved.innerPorts }).toEqual(saved);
      expect(started.databases.instances().sort()).toEqual(Object.keys(saved.servers).sort());
      expect(started.databases.isRunning('in-step')).toBe(false);
      // Sealed, it serves its replicas, and no client.
      await expect(connectAs(started.databases, 'chatbot-prod-kept')).rejects.toThrow();
      await arrived(started, REPLICA, last);
      await until(() => started.databases.hasReceivedAll(REPLICA));
      await started.databases.start('chatbot-prod-kept');
      await started.databases.start('in-step');
      await arrived(started, 'in-step', await writeTo(started, 'chatbot-prod-kept'));
    }),
  );

  it(
    'makes a replica anew that was half made, forgets a half restored server, and keeps what all others have',
    alone(async (started) => {
      const { databases, world, directory } = started;
      const kept = await writeTo(started, PRIMARY);
      await databases.createReplica({ instance: 'half', region: EAST, source: PRIMARY });
      await databases.close();
      const { servers = {} } = world.state.databases ?? {};
      await rm(join(directory, 'half', 'data', 'PG_VERSION'));
      servers['half-restored'] = { folder: 'half-restored', region: EAST, unfinished: true };
      await mkdir(join(directory, 'half-restored', 'data'), { recursive: true });
      await writeFile(join(directory, 'half-restored', 'data', 'PG_VERSION'), '18\n');

      started.databases = await started.restart();

      expect(started.databases.instances().sort()).toEqual([PRIMARY, REPLICA, 'half'].sort());
      expect(await idsOf(started.databases, PRIMARY)).toContain(kept);
      expect(await idsOf(started.databases, REPLICA)).toContain(kept);
      expect(await idsOf(started.databases, 'half')).toContain(kept);
      await arrived(started, 'half', await writeTo(started, PRIMARY));
    }),
  );
});

it(
  'hands over to the synchronous replica, lets the others follow it, and makes the old primary its replica',
  alone(async (started) => {
    const { databases } = started;
    await databases.createReplica({ instance: 'in-step', region: EAST, source: PRIMARY, synchronous: true });
    const last = await writeTo(started, PRIMARY);
    await databases.takeOver('in-step', PRIMARY);
    await databases.takeOver('in-step', PRIMARY);
    await databases.pointAlias('cluster.example', 'in-step');

    const id = await writeTo(started, 'cluster.example');
    await databases.rebuild(PRIMARY, 'in-step', { synchronous: true });

    expect(await idsOf(databases, 'in-step')).toEqual(expect.arrayContaining([last, id]));
    await arrived(started, PRIMARY, id);
    await arrived(started, REPLICA, id);
    await expect(writeTo(started, PRIMARY)).rejects.toThrow('read-only');
  }),
);

it(
  'is sealed against clients until its replica has all, and loses nothing when that takes over',
  alone(async (started) => {
    const { databases } = started;
    await databases.createReplica({ instance: 'beside', region: EAST, source: PRIMARY });
    const last = await writeTo(started, PRIMARY);

    await databases.seal(PRIMARY);
    await expect(connectAs(databases, PRIMARY)).rejects.toThrow();
    await until(() => databases.hasReceivedAll(REPLICA));
    await databases.takeOver(REPLICA, PRIMARY);

    expect(await idsOf(databases, REPLICA)).toContain(last);
    await arrived(started, 'beside', await writeTo(started, REPLICA));
  }),
);
