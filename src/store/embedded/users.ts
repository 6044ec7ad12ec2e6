import { readdirSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessLock, tryProcessLock } from './process-lock.ts';

/**
 * Who uses the embedded server: one locked file per user, named by process id for people. A file that nobody holds
 * belongs to a process that died. All functions must be called under the supervisor's lock.
 */
export interface Registration {
  remove(): void;
}

let count = 0;

/** Enters this process as a user; one process may be several. */
export async function registerUser(folder: string): Promise<Registration> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  count += 1;
  const path = join(folder, `${process.pid}-${count}`);
  const lock = tryProcessLock(path);
  if (!lock) throw new Error(`${path} is locked by another process with the same id`);
  return { remove: () => forget(path, lock) };
}

/** How many users are alive. Forgets the dead. */
export function countUsers(folder: string): number {
  let alive = 0;
  for (const name of entries(folder)) {
    const path = join(folder, name);
    const lock = tryProcessLock(path);
    if (lock) forget(path, lock);
    else alive += 1;
  }
  return alive;
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.endsWith('-journal'));
  } catch {
    return [];
  }
}

/** The file goes before the lock on it does (on Windows an open file cannot be removed: there, after it). */
function forget(path: string, lock: ProcessLock): void {
  try {
    rmSync(path, { force: true });
    lock.release();
  } catch {
    lock.release();
    rmSync(path, { force: true });
  }
}
