import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Permanent } from '../../domain/errors.ts';

/** Where everything of the embedded server is: all of it below `<state directory>/postgres`. */
export interface StorePlace {
  folder: string;
  dataDirectory: string;
  /** Serializes starting, stopping and registering over all processes. */
  lock: string;
  users: string;
  passwordFile: string;
  /** The port it had last, tried again first so that saved connection strings stay true. */
  portFile: string;
  logFile: string;
}

export const SUPERUSER = 'lifeboat';

export function placeIn(stateDirectory: string): StorePlace {
  const folder = join(stateDirectory, 'postgres');
  return {
    folder,
    dataDirectory: join(folder, 'data'),
    lock: join(folder, 'lock'),
    users: join(folder, 'users'),
    passwordFile: join(folder, 'password'),
    portFile: join(folder, 'port'),
    logFile: join(folder, 'log'),
  };
}

/** The generated password, readable by its owner alone; made before the data are. */
export async function ensurePassword(place: StorePlace): Promise<string> {
  if (existsSync(place.passwordFile)) return (await readFile(place.passwordFile, 'utf8')).trim();
  if (existsSync(place.dataDirectory)) {
    throw new Permanent(
      'postgres.password-missing',
      `${place.passwordFile} is missing, so nobody can sign in to the embedded PostgreSQL beside it: bring the file back, or move the folder away to begin anew.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  const unfinished = `${place.passwordFile}.unfinished`;
  const file = await open(unfinished, 'w', 0o600);
  await file.writeFile(`${password}\n`);
  await file.sync();
  await file.close();
  await rename(unfinished, place.passwordFile);
  return password;
}

/** To the database that every cluster has: one of our own would make the first start slower and nothing better. */
export async function connectionString(place: StorePlace, port: number): Promise<string> {
  const password = await ensurePassword(place);
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}
