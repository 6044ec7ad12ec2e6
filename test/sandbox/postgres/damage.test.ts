import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { waitingDamages } from '../../../sandbox/postgres/damage.ts';
import { TEST_USER } from '../../../sandbox/postgres/seeds.ts';
import type { FaultName } from '../../../sandbox/world/state.ts';
import { until } from '../../store/embedded/users.ts';
import { connectAs, PRIMARY, REPLICA, startChatbotDatabases } from './world.ts';

let started: Awaited<ReturnType<typeof startChatbotDatabases>>;
let client: pg.Client;

beforeEach(async () => {
  started = await startChatbotDatabases(60);
  client = await connectAs(started.databases, PRIMARY, 'lifeboat');
});
afterEach(async () => {
  await client.end().catch(() => undefined);
  await started.databases.close();
  await started.remove();
});

async function damage(name: FaultName): Promise<void> {
  started.world.switchFault({ name }, true);
  await until(async () => started.world.state.damages?.some(({ fault }) => fault === name) === true);
}

const byIndex = async (where: pg.Client) => {
  await where.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
  return (await where.query('SELECT id FROM users WHERE email = $1', [TEST_USER])).rowCount;
};

describe('a healthy world', () => {
  it('has users, sessions and messages that belong together, checksums, and nothing that the check finds', async () => {
    const { rows } = await client.query(`
      SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM chat_sessions) AS sessions,
             (SELECT count(*)::int FROM messages) AS messages, current_setting('data_checksums') AS checksums`);
    const damaged = await client.query("SELECT * FROM verify_heapam('users', check_toast => true)");
    await client.query("SELECT bt_index_check('users_email_key', true, true)");

    expect(rows).toEqual([{ users: 400, sessions: 900, messages: 3000, checksums: 'on' }]);
    expect(damaged.rows).toEqual([]);
    await expect(client.query('INSERT INTO chat_sessions (id, user_id) VALUES (100000, 100000)')).rejects.toThrow(
      'violates foreign key constraint',
    );
  });
});

it('a damaged index loses rows that are there, to this server alone, and a saved world keeps it so', async () => {
  const before = await byIndex(client);

  await damage('corrupted-index');

  const replica = await connectAs(started.databases, REPLICA, 'lifeboat');
  expect([before, await byIndex(client), await byIndex(replica)]).toEqual([1, 0, 1]);
  await expect(client.query("SELECT bt_index_check('users_email_key', true, true)")).rejects.toThrow(
    'lacks matching index tuple within index "users_email_key"',
  );
  await Promise.all([client.end(), replica.end()]);

  started.world.switchFault({ name: 'corrupted-index' }, false);
  await started.databases.close();
  started.databases = await started.restart();
  client = await connectAs(started.databases, PRIMARY, 'lifeboat');

  expect(await byIndex(client)).toBe(0);
  await started.databases.query(PRIMARY, 'REINDEX INDEX users_email_key');
  expect(await byIndex(client)).toBe(1);
});

it('a damaged table cannot be read to its end, on this server alone, and others are written all the same', async () => {
  await damage('corrupted-table');

  await expect(client.query('SELECT count(created_at) FROM users')).rejects.toThrow('invalid page in block 0');
  await expect(byIndex(client)).rejects.toThrow('invalid page in block 0');
  await client.query('INSERT INTO messages (id) VALUES (1)');
  const sql = 'SELECT count(created_at)::int AS count FROM users';
  expect(await started.databases.query<{ count: number }>(REPLICA, sql)).toEqual([{ count: 400 }]);
});

it('deleted users leave orphans, in the replica too, at a moment that is recorded', async () => {
  const startedAt = started.world.clock.now();

  await damage('deleted-rows');

  const orphans =
    'SELECT count(*)::int AS n FROM chat_sessions s WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = s.user_id)';
  const { rows } = await client.query(orphans);
  expect(rows[0].n).toBeGreaterThan(50);
  expect(await byIndex(client)).toBe(0);
  await until(async () => (await started.databases.query<{ n: number }>(REPLICA, orphans))[0]?.n === rows[0].n);
  const [done] = started.world.state.damages ?? [];
  expect(done).toMatchObject({ fault: 'deleted-rows', instance: PRIMARY });
  expect(done?.before).toBeGreaterThanOrEqual(startedAt);
});

it('waits for a server that accepts writes, and comes to nothing when it is switched off before', async () => {
  const { databases, world } = started;
  await databases.stop(PRIMARY);
  world.switchFault({ name: 'deleted-rows' }, true);
  world.switchFault({ name: 'corrupted-table' }, true);
  const waiting = () => waitingDamages(world.state).map(({ name }) => name);
  await until(async () => world.state.faults.every(({ waits }) => waits));
  const meanwhile = waiting();
  world.switchFault({ name: 'corrupted-table' }, false);

  await databases.start(PRIMARY);
  await until(async () => waiting().length === 0);

  expect(meanwhile).toEqual(['deleted-rows', 'corrupted-table']);
  expect(world.state.faults).toEqual([expect.not.objectContaining({ waits: true })]);
  expect(world.state.damages).toEqual([expect.objectContaining({ fault: 'deleted-rows', instance: PRIMARY })]);
  expect(await databases.query(PRIMARY, 'SELECT FROM users WHERE email = $1', [TEST_USER])).toEqual([]);
});
