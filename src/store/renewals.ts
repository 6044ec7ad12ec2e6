import type { LeaseToken } from '../engine/ports.ts';
import type { Database } from './database.ts';

interface Renewal {
  token: LeaseToken;
  milliseconds: number;
  resolve(isHeld: boolean): void;
  reject(error: unknown): void;
}

const RENEW = `
update lifeboat.leases
set expires_at = clock_timestamp() + renewal.milliseconds * interval '1 millisecond'
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) as renewal (name, holder, epoch, milliseconds)
where leases.name = renewal.name and leases.holder = renewal.holder and leases.epoch = renewal.epoch
returning leases.name, leases.epoch`;

/**
 * Renews what is asked for while a renewal is under way together in the next one: five hundred leases are not five
 * hundred statements a second. One that somebody has locked delays the others with it: whoever appends locks the lease
 * only once the incident is locked, so that it is not held while an incident is waited for.
 */
export function createRenewals(database: Database): (token: LeaseToken, milliseconds: number) => Promise<boolean> {
  let waiting: Renewal[] = [];
  let busy = false;

  async function renew(batch: Renewal[]): Promise<void> {
    try {
      const held = await database.prepared<{ name: string; epoch: number }>('renew-leases', RENEW, [
        batch.map(({ token }) => token.name),
        batch.map(({ token }) => token.holder),
        batch.map(({ token }) => token.epoch),
        batch.map(({ milliseconds }) => milliseconds),
      ]);
      const names = new Set(held.map(keyOf));
      for (const { token, resolve } of batch) resolve(names.has(keyOf(token)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await renew(batch);
    }
    busy = false;
  }

  return (token, milliseconds) =>
    new Promise((resolve, reject) => {
      waiting.push({ token, milliseconds, resolve, reject });
      if (!busy) void drain();
    });
}

function keyOf({ name, epoch }: { name: string; epoch: number }): string {
  return `${epoch} ${name}`;
}
