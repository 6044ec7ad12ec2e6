import type { Clients } from '../adapters/index.ts';
import { targetOf } from '../adapters/of-system.ts';
import type { PostgresSession } from '../adapters/postgres/index.ts';
import { readReplication } from '../adapters/postgres/replication.ts';
import { readSignIns } from '../adapters/postgres/roles.ts';
import type { JsonObject } from '../domain/action.ts';
import type { Clock } from '../domain/clock.ts';
import type { System } from '../domain/system.ts';

export interface DatabaseSample {
  /** World time just before the position was read: whatever was committed by then lies at or before it. */
  at: number;
  value: JsonObject;
  /** Bytes of WAL. */
  position: number;
}

/**
 * Reads role and write position of one instance on a connection that is kept open. RDS is asked for the endpoint when a
 * connection has to be opened, so that a sample costs the control plane nothing.
 */
export function createDatabaseSampler(
  clients: Clients,
  clock: Clock,
  system: System,
  where: { region: string; instance: string },
): { sample(signal: AbortSignal): Promise<DatabaseSample>; close(): void } {
  let open: { session: PostgresSession; endpoint: string; port: number; status: string } | undefined;
  const close = () => {
    open?.session.close();
    open = undefined;
  };
  const connect = async (signal: AbortSignal) => {
    const found = await clients.aws.rds.describe(where.region, where.instance, signal);
    const session = await clients.postgres.connect(targetOf(clients, system, found), signal);
    return { session, endpoint: found.endpoint, port: found.port, status: found.status };
  };
  return {
    async sample(signal) {
      try {
        if (!open?.session.usable()) open = await connect(signal);
        const { session, endpoint, port, status } = open;
        const at = clock.now();
        const { role, position, replayed } = await readReplication(session, signal);
        const fenced = role === 'primary' && (await isFenced(session, system, signal));
        const value = {
          role,
          endpoint,
          port,
          region: where.region,
          status,
          position,
          replayed,
          fenced,
          reachable: true,
        };
        return { at, value, position };
      } catch (error) {
        close();
        throw error;
      }
    },
    close,
  };
}

/** Whether the application's roles are there, and none of them may sign in. */
async function isFenced(session: PostgresSession, { database }: System, signal: AbortSignal): Promise<boolean> {
  const { missing, maySignIn } = await readSignIns(session, database.applicationUsers, signal);
  return maySignIn.length === 0 && missing.length < database.applicationUsers.length;
}
