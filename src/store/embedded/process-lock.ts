import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const SQLITE_BUSY = 5;

/** A lock on a file, held by this process until `release()` or its death. */
export interface ProcessLock {
  release(): void;
}

/**
 * Takes the lock on the file `path` (made when it is missing), or returns `undefined` while another process, or another
 * part of this one, holds it. The kernel lets go of it when its holder dies, whatever the way, so there is no stale
 * lock and no guessing by process ids that are used again. Node offers such locks only through SQLite; the file is an
 * empty SQLite database.
 */
export function tryProcessLock(path: string): ProcessLock | undefined {
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  return { release: () => file.close() };
}

/** Runs `work` while this process holds the lock on `path`; waits for it (polling, machine time) as long as it takes. */
export async function withProcessLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  let lock = tryProcessLock(path);
  while (!lock) {
    await sleep(10 + Math.random() * 20);
    lock = tryProcessLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
