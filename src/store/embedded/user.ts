import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { Permanent } from '../../domain/errors.ts';

/** The account that PostgreSQL runs as when Lifeboat itself runs as root. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** In this order; `initdb` insists on an account with an entry in /etc/passwd. */
const ACCOUNTS = ['postgres', 'nobody'];

/**
 * The unprivileged account that must run PostgreSQL, which refuses root; `undefined` when this process is not root
 * and runs it as itself. Throws `Permanent` where root has no such account to change to.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (platform() !== 'linux') {
    throw new Permanent(
      'postgres.refuses-root',
      'The embedded PostgreSQL cannot be run by root on this platform: run Lifeboat as an ordinary user, or set DATABASE_URL.',
    );
  }
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const account of ACCOUNTS) {
    const [name, , uid, gid] = entries.find((entry) => entry[0] === account) ?? [];
    if (name !== undefined && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new Permanent(
    'postgres.refuses-root',
    'PostgreSQL refuses to run as root and /etc/passwd has neither postgres nor nobody: run Lifeboat as an ordinary user, or set DATABASE_URL.',
  );
}
