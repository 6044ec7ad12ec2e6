import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';

/** What a running server says of itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number;
  port: number;
  /** PostgreSQL's own words: `starting`, `ready`, `standby` (recovers, accepts nobody yet), `stopping`. */
  status: string;
}

/**
 * The server that runs on `dataDirectory`, or `undefined` when none does. A `postmaster.pid` that a killed server left
 * behind counts for nothing, even when its number belongs to some other process by now.
 */
export function findPostmaster(dataDirectory: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isServer(pid, clusterName(dataDirectory))) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: (lines[7] ?? 'starting').trim() };
}

/**
 * Removes a `postmaster.pid` that would keep a new server from starting although none runs: its number belongs to some
 * other process by now (after a restart of the machine), or it was never filled. A dead process's file is left to
 * PostgreSQL, which also looks for surviving children before it takes over.
 */
export function clearFalsePostmaster(dataDirectory: string): void {
  const path = join(dataDirectory, 'postmaster.pid');
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    const abandoned = Number.isNaN(pid) ? Date.now() - statSync(path).mtimeMs > 5_000 : isAlive(pid);
    if (abandoned && !findPostmaster(dataDirectory)) rmSync(path);
  } catch {
    // There is none.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The name that a server carries in its command line (`cluster_name`), by which it is known again. It comes from the
 * folder's identity in the file system, so it survives a move of the folder, and no two folders share it.
 */
export function clusterName(dataDirectory: string): string {
  const { dev, ino } = statSync(dataDirectory);
  return `lifeboat_${dev.toString(36)}_${ino.toString(36)}`;
}

/**
 * Whether the process `pid` exists and is the server that carries `name`. On Windows, where command lines are slow to
 * come by, any living process passes; signing in tells the rest.
 */
export function isServer(pid: number, name: string): boolean {
  if (platform() === 'win32') return isAlive(pid);
  return commandLine(pid).includes(name);
}

/** Empty when the process is gone, a zombie, or cannot be looked at (then it is not ours). */
function commandLine(pid: number): string {
  try {
    if (platform() === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
