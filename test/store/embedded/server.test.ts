import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { initializeCluster } from '../../../src/store/embedded/cluster.ts';
import { freePort, startServer, stopServer } from '../../../src/store/embedded/server.ts';
import { serverPid, until } from './users.ts';

let folder: string;
let dataDirectory: string;
let listener: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lifeboat-test-server-'));
  dataDirectory = join(folder, 'data');
  listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
});

afterEach(async () => {
  listener.close();
  await stopServer(dataDirectory, 'immediate').catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

it('lets a server on a leash die with a process that is killed', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'leashed-process.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const running = serverPid(dataDirectory);

  child.kill('SIGKILL');

  await until(() => serverPid(dataDirectory) === undefined);
  expect(running).toBe(Number(line.toString()));
});

it('says why a server does not start: the port is taken, the server runs already, a setting is wrong', async () => {
  const taken = (listener.address() as { port: number }).port;
  await initializeCluster({ dataDirectory, superuser: 'someone', password: 'secret', durable: false });
  const start = (port: number, settings: Record<string, string> = {}) =>
    startServer({ dataDirectory, port, settings, logFile: join(folder, 'log'), leash: true });

  await expect(start(taken)).rejects.toMatchObject({ code: 'postgres.port-taken' });
  await expect(start(await freePort(), { shared_buffers: 'much' })).rejects.toMatchObject({
    code: 'postgres.start-failed',
    message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
  });
  await start(await freePort());
  await expect(start(await freePort())).rejects.toMatchObject({ code: 'postgres.already-running' });
});
