import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import pg from 'pg';
import { findPostmaster } from '../../../src/store/embedded/postmaster.ts';
import { stopServer } from '../../../src/store/embedded/server.ts';

/** A child process that uses the embedded server below a state directory. */
export interface UserProcess {
  connectionString: string;
  release(): Promise<void>;
  /** `kill -9`, and waits until it is gone. */
  kill(): Promise<void>;
}

const children = new Set<ChildProcess>();

/** Starts a user in a process of its own; `account` is who it runs as, when the tests run as root. */
export async function startUser(
  stateDirectory: string,
  account: { uid?: number; gid?: number } = {},
): Promise<UserProcess> {
  const { child, lines } = launchUser(stateDirectory, account);
  const { connectionString, error } = await nextLine(lines);
  if (connectionString === undefined) throw new Error(error);
  const exited = once(child, 'exit');
  return {
    connectionString,
    async release() {
      child.stdin?.write('release\n');
      await exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Starts a user and does not wait for it. */
export function launchUser(stateDirectory: string, account: { uid?: number; gid?: number } = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'user-process.ts'), stateDirectory], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    env: { PATH: process.env.PATH },
    ...account,
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return { child, lines: createInterface({ input: child.stdout }) };
}

async function nextLine(lines: Interface): Promise<{ connectionString?: string; error?: string }> {
  for await (const line of lines) return JSON.parse(line) as { connectionString?: string; error?: string };
  return { error: 'the user process ended without a word' };
}

/** Kills every user that still lives, and waits until they are gone. */
export async function killUsers(): Promise<void> {
  const exits = [...children].map((child) => once(child, 'exit'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(exits);
}

export interface StateDirectory {
  path: string;
  dataDirectory: string;
  /** Kills all users and stops what runs in the folder. */
  remove(): Promise<void>;
}

/** A state directory that only its owner may enter (0700), as mkdtemp makes it. */
export async function makeStateDirectory(): Promise<StateDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'lifeboat-test-state-'));
  const dataDirectory = join(path, 'postgres', 'data');
  return {
    path,
    dataDirectory,
    async remove() {
      await killUsers();
      await stopServer(dataDirectory, 'immediate').catch(() => undefined);
      await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

/** The process id of the server in `dataDirectory`. */
export function serverPid(dataDirectory: string): number | undefined {
  return findPostmaster(dataDirectory)?.pid;
}

/** One statement on a connection of its own. */
export async function ask(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Waits until `condition` gives something true (a minute at most); what it throws counts as not yet. */
export async function until<Value>(condition: () => Promise<Value> | Value): Promise<Value> {
  let problem: unknown;
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 15))) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      problem = error;
    }
  }
  throw new Error('It did not happen within a minute', { cause: problem });
}
