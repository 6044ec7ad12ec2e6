import { LockHeld } from '../domain/errors.ts';
import type { Tx } from './database.ts';

/** Takes every lock or throws Permanent `lock.held`, which names the lock and the run that holds it. */
export async function takeLocks(
  tx: Tx,
  incident: string,
  at: number,
  { owner, names }: { owner: string; names: string[] },
): Promise<void> {
  // In one order, so that two runs that want the same locks meet at the first and never wait for each other in a ring.
  const sorted = [...new Set(names)].sort();
  if (sorted.length === 0) return;
  await tx
    .insertInto('lifeboat.locks')
    .values(sorted.map((name) => ({ name, owner, incident, taken_at: at })))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const held = await tx
    .selectFrom('lifeboat.locks')
    .select(['name', 'owner', 'incident'])
    .where('name', 'in', sorted)
    .where('owner', '!=', owner)
    .orderBy('name')
    .executeTakeFirst();
  if (held) throw new LockHeld(held);
}

/** Gives back every lock of this owner. */
export async function giveBackLocks(tx: Tx, owner: string): Promise<void> {
  await tx.deleteFrom('lifeboat.locks').where('owner', '=', owner).execute();
}
