import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Endpoint, targetOf } from '../../adapters/of-system.ts';
import type { ObserveContext } from '../../domain/action.ts';
import type { Clock } from '../../domain/clock.ts';

/** World milliseconds, and machine ones, by which two clocks may differ in what they say of the same moment. */
const TOLERANCE = 5_000;
const MACHINE_TOLERANCE = 1_000;

const Row = z.tuple([z.object({ in_recovery: z.boolean(), up_seconds: z.number() })]);

/** A PostgreSQL server as it answers itself. */
export interface Server {
  role: 'primary' | 'replica';
  /** World time (epoch milliseconds) at which it was started, `pg_postmaster_start_time()`. */
  startedAt: number;
}

/**
 * Asks a server for its role and when it was started. Its age is asked, not its time of day: the clocks of two machines
 * differ, and a simulated world has a clock of its own. Throws what the connection threw.
 */
export async function askServer(
  clients: Clients,
  { system, clock, signal }: Pick<ObserveContext, 'system' | 'clock' | 'signal'>,
  endpoint: Endpoint,
): Promise<Server> {
  return clients.postgres.use(targetOf(clients, system, endpoint), signal, async (session) => {
    const [row] = Row.parse(
      await session.query(
        `SELECT pg_is_in_recovery() AS in_recovery,
                extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS up_seconds`,
        [],
        signal,
      ),
    );
    const startedAt = clock.now() - row.up_seconds * 1000 * clock.speed();
    return { role: row.in_recovery ? 'replica' : 'primary', startedAt };
  });
}

/** Whether a server that was started then was started by a failover that began at `failoverAt` (world milliseconds). */
export function isNewer({ startedAt }: Server, failoverAt: number, clock: Pick<Clock, 'speed'>): boolean {
  return startedAt >= failoverAt - TOLERANCE - MACHINE_TOLERANCE * clock.speed();
}

/** `10:04:31 UTC` */
export function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
