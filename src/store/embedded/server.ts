import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Permanent, Retryable } from '../../domain/errors.ts';
import { locateBinaries } from './binaries.ts';
import { dataDirectoryArgument, serverEnvironment } from './cluster.ts';
import { clearFalsePostmaster, clusterName, findPostmaster, isServer, type Postmaster } from './postmaster.ts';
import { serverUser } from './user.ts';

const START_DEADLINE_MS = 30_000;
const POLL_MS = 10;

/**
 * Runs the server as a grandchild that dies with us: the shell holds the reading end of a pipe (descriptor 3) whose
 * other end is ours alone, and stops the server at once when that end closes, however we ended.
 */
const LEASH = `
"$@" 3<&- &
server=$!
( read -r _ <&3; kill -QUIT $server ) 2>/dev/null &
watcher=$!
wait $server
code=$?
kill $watcher 2>/dev/null
wait $watcher 2>/dev/null
exit $code`;

export interface ServerOptions {
  dataDirectory: string;
  /** Port on 127.0.0.1. */
  port: number;
  /** Settings as in postgresql.conf. No secrets: they are seen in the list of processes. */
  settings: Record<string, string | number>;
  /** What the server says; appended to. */
  logFile: string;
  /** Let the server die with this process, even by `kill -9` (not on Windows). Otherwise it lives on. */
  leash: boolean;
}

/**
 * Starts a server on an initialized folder and resolves when it accepts connections. It is in a process group of its
 * own, so that Ctrl-C in a terminal is not sent to it. Throws `Retryable` (`postgres.port-taken`,
 * `postgres.already-running`) or `Permanent` (`postgres.start-failed`) with the server's last word.
 */
export async function startServer(options: ServerOptions): Promise<Postmaster> {
  const { dataDirectory, logFile } = options;
  const user = serverUser();
  const { postgres } = await locateBinaries(user);
  if (findPostmaster(dataDirectory)) {
    throw new Retryable('postgres.already-running', `PostgreSQL runs already in ${dataDirectory}.`);
  }
  clearFalsePostmaster(dataDirectory);
  const log = openSync(logFile, 'a', 0o600);
  const logStart = statSync(logFile).size;
  const program = [postgres, ...serverArguments(options)];
  const leash = options.leash && process.getuid !== undefined;
  const [command = postgres, ...args] = leash ? ['/bin/sh', '-c', LEASH, 'sh', ...program] : program;
  const child = spawn(command, args, {
    cwd: dataDirectory,
    detached: true,
    stdio: ['ignore', log, log, ...(leash ? (['pipe'] as const) : [])],
    ...serverEnvironment(),
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`ended with ${code ?? signal}`));
  });
  letGo(child);
  const waiting = new AbortController();
  const running = await Promise.race([untilReady(dataDirectory, waiting.signal), ended]);
  waiting.abort();
  if (typeof running !== 'string') return running;
  throw startFailure(running, readFileSync(logFile).subarray(logStart).toString());
}

function serverArguments(options: ServerOptions): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: options.port,
    unix_socket_directories: '',
    cluster_name: clusterName(options.dataDirectory),
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', dataDirectoryArgument(options.dataDirectory), ...flags];
}

/** Neither the server nor the leash's pipe keeps this process alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  const leash = child.stdio[3];
  if (leash && 'unref' in leash && typeof leash.unref === 'function') leash.unref();
}

async function untilReady(dataDirectory: string, given: AbortSignal): Promise<Postmaster> {
  for (const end = Date.now() + START_DEADLINE_MS; Date.now() < end && !given.aborted; await sleep(POLL_MS)) {
    const postmaster = findPostmaster(dataDirectory);
    if (postmaster?.status === 'ready') return postmaster;
  }
  throw new Retryable('postgres.start-slow', `PostgreSQL in ${dataDirectory} did not become ready within 30 s.`);
}

function startFailure(ending: string, log: string): Retryable | Permanent {
  const said = log.match(/(?:FATAL|PANIC): {2}(.*)/)?.[1] ?? ending;
  if (/could not create any TCP\/IP sockets/.test(said)) {
    return new Retryable('postgres.port-taken', `PostgreSQL could not start: ${said}.`);
  }
  if (/lock file .* (?:already exists|is empty)|pre-existing shared memory/.test(said)) {
    return new Retryable('postgres.already-running', `PostgreSQL could not start: ${said}.`);
  }
  return new Permanent('postgres.start-failed', `PostgreSQL could not start: ${said}. Mend that, or set DATABASE_URL.`);
}

/**
 * Stops the server on `dataDirectory`, whoever started it, and resolves when it is gone; does nothing when none runs.
 * `fast` rolls back what is open and writes everything out; `immediate` lets go of everything, as a crash would. A
 * server that does not end within 10 s is stopped immediately, and killed 5 s later.
 */
export async function stopServer(dataDirectory: string, mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
  const signals: [NodeJS.Signals, number][] = [
    ...(mode === 'fast' ? ([['SIGINT', 10_000]] as [NodeJS.Signals, number][]) : []),
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ];
  for (const [signal, patience] of signals) {
    const postmaster = findPostmaster(dataDirectory);
    if (!postmaster) return;
    const name = clusterName(dataDirectory);
    send(postmaster.pid, signal);
    for (const end = Date.now() + patience; Date.now() < end; await sleep(POLL_MS)) {
      if (!isServer(postmaster.pid, name)) return;
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

/** A port on 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the port is unknown');
  return address.port;
}
