import { spawnSync } from 'node:child_process';
import { chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { stopUnusedPostgres } from '../../../src/store/embedded/supervisor.ts';
import {
  ask,
  killUsers,
  launchUser,
  makeStateDirectory,
  type StateDirectory,
  serverPid,
  startUser,
  until,
} from './users.ts';

let state: StateDirectory;

beforeAll(async () => {
  state = await makeStateDirectory();
});

afterEach(async () => {
  await killUsers();
  await stopUnusedPostgres(state.path);
});

afterAll(() => state.remove());

it('shares one server between processes, stops it after the last, and keeps what was written', async () => {
  const first = await startUser(state.path);
  await ask(first.connectionString, "CREATE TABLE note AS SELECT 'kept' AS text");
  const second = await startUser(state.path);
  const pid = serverPid(state.dataDirectory);

  await first.release();
  const afterFirst = serverPid(state.dataDirectory);
  await second.release();
  const afterSecond = serverPid(state.dataDirectory);
  const third = await startUser(state.path);

  expect(second.connectionString).toBe(first.connectionString);
  expect(afterFirst).toBe(pid);
  expect(afterSecond).toBeUndefined();
  expect(third.connectionString).toBe(first.connectionString);
  expect(await ask(third.connectionString, 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
});

it('gives one server to processes that start at the same instant', async () => {
  const fresh = await makeStateDirectory();

  const users = await Promise.all([1, 2, 3].map(() => startUser(fresh.path)));

  expect(new Set(users.map((user) => user.connectionString)).size).toBe(1);
  const starts = await Promise.all(
    users.map((user) => ask(user.connectionString, 'SELECT pg_postmaster_start_time()')),
  );
  expect(new Set(starts.map((rows) => JSON.stringify(rows))).size).toBe(1);
  await fresh.remove();
});

it('adopts the server of a process that was killed, and stops it after the last living user', async () => {
  const killed = await startUser(state.path);
  const pid = serverPid(state.dataDirectory);

  await killed.kill();
  const orphan = serverPid(state.dataDirectory);
  const next = await startUser(state.path);
  const adopted = serverPid(state.dataDirectory);
  await next.release();

  expect(pid).toBeDefined();
  expect(orphan).toBe(pid);
  expect(adopted).toBe(pid);
  expect(serverPid(state.dataDirectory)).toBeUndefined();
});

it('stops the server that killed users left behind, and none that is in use', async () => {
  const killed = await startUser(state.path);
  const living = await startUser(state.path);
  await killed.kill();

  const whileUsed = await stopUnusedPostgres(state.path);
  await living.kill();
  const afterwards = await stopUnusedPostgres(state.path);

  expect(whileUsed).toBe(false);
  expect(afterwards).toBe(true);
  expect(serverPid(state.dataDirectory)).toBeUndefined();
});

it('survives a kill at any moment of the first start', async () => {
  const fresh = await makeStateDirectory();
  for (const milliseconds of [250, 500, 750]) {
    const { child } = launchUser(fresh.path);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    child.kill('SIGKILL');
  }

  const user = await startUser(fresh.path);

  expect(await ask(user.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await fresh.remove();
});

it('starts over a postmaster.pid whose number belongs to another living process', async () => {
  const before = await startUser(state.path);
  const pid = serverPid(state.dataDirectory) ?? 0;
  await before.kill();
  const file = join(state.dataDirectory, 'postmaster.pid');
  const content = await readFile(file, 'utf8');
  process.kill(pid, 'SIGKILL');
  await until(() => serverPid(state.dataDirectory) === undefined);
  await writeFile(file, content.replace(String(pid), String(process.pid)));

  const user = await startUser(state.path);

  expect(await ask(user.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('starts a server again that died under its users, at the same address', async () => {
  const user = await startUser(state.path);
  const pid = serverPid(state.dataDirectory) ?? 0;

  process.kill(pid, 'SIGKILL');
  await until(() => ![undefined, pid].includes(serverPid(state.dataDirectory)));

  expect(await until(() => ask(user.connectionString, 'SELECT 1 AS one'))).toEqual([{ one: 1 }]);
});

it('keeps the password to its owner, asks for it, and listens on loopback alone', async () => {
  const user = await startUser(state.path);
  const wrong = new URL(user.connectionString);
  wrong.password = 'guess';

  const password = await stat(join(state.path, 'postgres', 'password'));
  const settings = await ask(
    user.connectionString,
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'listen_addresses', 'unix_socket_directories') ORDER BY name",
  );

  expect(password.mode & 0o777).toBe(0o600);
  await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  expect(settings).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'listen_addresses', setting: '127.0.0.1' },
    { name: 'unix_socket_directories', setting: '' },
  ]);
});

it('says in one sentence that a folder cannot be used', async () => {
  const fresh = await makeStateDirectory();
  await writeFile(join(fresh.path, 'postgres'), 'a file is in the way');

  await expect(startUser(fresh.path)).rejects.toThrow(/cannot be kept in .*postgres .*set DATABASE_URL/);

  await fresh.remove();
});

const asRoot = process.getuid?.() === 0 ? it : it.skip;

const account = { uid: 65534, gid: 65534 };
/** A clone in a folder that only root may enter has no Node that anybody else could start. */
const reachable = spawnSync(process.execPath, ['--version'], account).error === undefined;

(reachable ? asRoot : it.skip)('serves an ordinary user, too (needs a clone that others may enter)', async () => {
  const fresh = await makeStateDirectory();
  await chown(fresh.path, account.uid, account.gid);

  const user = await startUser(fresh.path, account);

  const data = await stat(fresh.dataDirectory);
  expect(await ask(user.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(data.uid).toBe(account.uid);
  await fresh.remove();
});
