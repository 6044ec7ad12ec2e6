import type { NewTimer } from '../engine/ports.ts';
import type { Tx } from './database.ts';

/** Arms timers; one whose id exists, armed, fired or disarmed, stays as it is. */
export async function armTimers(tx: Tx, incident: string, timers: NewTimer[]): Promise<void> {
  await tx
    .insertInto('lifeboat.timers')
    .values(
      timers.map(({ id, kind, dueAt, data }) => ({
        incident,
        id,
        kind,
        // Up, so that a fraction of a millisecond never makes it fire early.
        due_at: Math.ceil(dueAt),
        data: JSON.stringify(data),
      })),
    )
    .onConflict((conflict) => conflict.columns(['incident', 'id']).doNothing())
    .execute();
}

/** Armed timers with these ids shall not fire any more. */
export async function disarmTimers(tx: Tx, incident: string, ids: string[]): Promise<void> {
  await tx
    .updateTable('lifeboat.timers')
    .set({ state: 'disarmed' })
    .where('incident', '=', incident)
    .where('id', 'in', ids)
    .where('state', '=', 'armed')
    .execute();
}
