import type { Tx } from './database.ts';

/** Begins watches; one that exists stays as it is. */
export async function beginWatches(tx: Tx, incident: string, watches: string[]): Promise<void> {
  await tx
    .insertInto('lifeboat.watches')
    .values(watches.map((watch) => ({ watch, incident })))
    .onConflict((conflict) => conflict.column('watch').doNothing())
    .execute();
}

/** Ends watches; one that has ended already stays so. */
export async function endWatches(tx: Tx, watches: string[]): Promise<void> {
  await tx.deleteFrom('lifeboat.watches').where('watch', 'in', watches).execute();
}
