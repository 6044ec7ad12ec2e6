import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chown, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Permanent } from '../../domain/errors.ts';
import { locateBinaries } from './binaries.ts';
import { serverUser } from './user.ts';

const UNFINISHED = '.unfinished-';

/**
 * The data folder as the server names it. As root the server runs as another account, which may be unable to walk
 * there (below root's home, say): it is started *inside* the folder and finds it through its own working directory,
 * which needs no rights on the folders above. So the data can stay where the state is, and goes when that goes.
 */
export function dataDirectoryArgument(dataDirectory: string): string {
  return serverUser() === undefined ? dataDirectory : '/proc/self/cwd';
}

/** The environment of PostgreSQL's programs: English messages, and nothing of ours on POSIX systems. */
export function serverEnvironment(): { env?: NodeJS.ProcessEnv } {
  return process.getuid === undefined ? {} : { env: { LC_ALL: 'C' } };
}

/**
 * Makes an empty cluster in `dataDirectory` with one superuser who signs in by SCRAM, and only there when all of it
 * was done: a process killed half-way leaves a folder beside it that the next call removes. `durable` flushes it to
 * disk. Only one call at a time for one folder.
 * Throws `Permanent` with what `initdb` said.
 */
export async function initializeCluster(options: {
  dataDirectory: string;
  superuser: string;
  password: string;
  durable: boolean;
}): Promise<void> {
  const { dataDirectory, superuser, password, durable } = options;
  const user = serverUser();
  const { initdb } = await locateBinaries(user);
  await removeUnfinished(dataDirectory);
  const unfinished = `${dataDirectory}${UNFINISHED}${randomUUID()}`;
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  if (user) await chown(unfinished, user.uid, user.gid);
  const secret = await secretFile(join(dirname(dataDirectory), `.initial-${process.pid}`), `${password}\n`);
  try {
    await runProgram(
      initdb,
      [
        ...['--pgdata', dataDirectoryArgument(unfinished), '--username', superuser],
        ...['--auth', 'scram-sha-256', '--pwfile', secret.argument],
        ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
        ...['--no-instructions', ...(durable ? [] : ['--no-sync'])],
      ],
      unfinished,
      secret.descriptor,
    );
  } finally {
    await secret.close();
  }
  await rename(unfinished, dataDirectory);
  if (durable && process.getuid !== undefined) {
    const folder = await open(dirname(dataDirectory));
    await folder.sync().finally(() => folder.close());
  }
}

/** Best effort: the `initdb` of a killed process may still be writing there, for a second at most. */
async function removeUnfinished(dataDirectory: string): Promise<void> {
  const parent = dirname(dataDirectory);
  const names = await readdir(parent).catch(() => []);
  const leftovers = names.filter((name) => name.startsWith(`${basename(dataDirectory)}${UNFINISHED}`));
  const remove = (name: string) => rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  await Promise.all(leftovers.map(remove));
}

/**
 * A password that only `initdb` reads. On POSIX systems it is handed over as an open file that has no name any more,
 * so that the server's account needs no way to it.
 */
async function secretFile(path: string, content: string) {
  await rm(path, { force: true });
  await writeFile(path, content, { mode: 0o600 });
  if (process.getuid === undefined) return { argument: path, descriptor: 'ignore' as const, close: () => rm(path) };
  const user = serverUser();
  if (user) await chown(path, user.uid, user.gid);
  const handle = await open(path, 'r');
  await rm(path);
  return { argument: '/dev/stdin', descriptor: handle.fd, close: () => handle.close() };
}

async function runProgram(program: string, args: string[], cwd: string, stdin: number | 'ignore'): Promise<void> {
  const user = serverUser();
  const child = spawn(program, args, {
    cwd,
    stdio: [stdin, 'pipe', 'pipe'],
    ...serverEnvironment(),
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
  let output = '';
  const collect = (data: Buffer) => {
    output = (output + data.toString()).slice(-4000);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${code ?? signal}`));
  });
  if (failure === undefined) return;
  const said = output.split('\n').find((line) => /error|fatal/i.test(line)) ?? output.trim().split('\n').at(-1) ?? '';
  throw new Permanent(
    'postgres.init-failed',
    `The embedded PostgreSQL could not be set up in ${cwd} (${`${failure} ${said}`.trim()}): mend that, or set DATABASE_URL.`,
  );
}
