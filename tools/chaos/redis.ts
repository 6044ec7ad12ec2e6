import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { Redis as Client } from 'ioredis';
import { freePort } from '../../src/store/embedded/server.ts';

/** A Redis server of our own on 127.0.0.1 that can lose everything. */
export interface Redis {
  url: string;
  flushAll(): Promise<void>;
  /** Kills it and starts it again, empty, at the same port after so many machine milliseconds. */
  restart(awayFor: number): Promise<void>;
  close(): Promise<void>;
}

export function isRedisInstalled(): boolean {
  return spawnSync('redis-server', ['--version']).error === undefined;
}

/** Starts a server that keeps nothing, with its working folder in `directory`. */
export async function startRedis(directory: string): Promise<Redis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  await mkdir(directory, { recursive: true });
  let server = await run(port, directory);
  return {
    url,
    async flushAll() {
      await withClient(url, (client) => client.flushall());
    },
    async restart(awayFor) {
      await kill(server);
      await new Promise((resolve) => setTimeout(resolve, awayFor));
      server = await run(port, directory);
    },
    close: () => kill(server),
  };
}

async function run(port: number, directory: string): Promise<ChildProcess> {
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  for (let look = 0; ; look++) {
    try {
      await withClient(`redis://127.0.0.1:${port}`, (client) => client.ping());
      return server;
    } catch (error) {
      if (look >= 50 || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await ended;
}

async function withClient(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await use(client);
  } finally {
    client.disconnect();
  }
}
