import { z } from 'zod';
import type { PostgresSession } from './index.ts';
import { parsePosition } from './position.ts';

const Positions = z.tuple([
  z.object({
    in_recovery: z.boolean(),
    current: z.string().nullable(),
    received: z.string().nullable(),
    replayed: z.string().nullable(),
  }),
]);

export interface ReplicationState {
  role: 'primary' | 'replica';
  /** Bytes of WAL: written by a primary, received by a replica. */
  position: number;
  /** What can be read: the same as `position` on a primary. */
  replayed: number;
}

/** Functions of one kind of server are an error on the other, so that each is asked only where it exists. */
const POSITIONS = `
  SELECT r AS in_recovery,
         CASE WHEN r THEN NULL ELSE pg_current_wal_lsn()::text END AS current,
         CASE WHEN r THEN pg_last_wal_receive_lsn()::text END AS received,
         CASE WHEN r THEN pg_last_wal_replay_lsn()::text END AS replayed
    FROM pg_is_in_recovery() AS r`;

/**
 * Role and write positions of a server. A replica that has just been restarted has streamed nothing yet and reports an
 * older received position than it has replayed (or none): the greater of the two is what it has.
 */
export async function readReplication(session: PostgresSession, signal: AbortSignal): Promise<ReplicationState> {
  const [row] = Positions.parse(await session.query(POSITIONS, [], signal));
  if (!row.in_recovery) {
    const position = parsePosition(row.current);
    return { role: 'primary', position, replayed: position };
  }
  const replayed = parsePosition(row.replayed);
  return { role: 'replica', position: Math.max(parsePosition(row.received), replayed), replayed };
}
