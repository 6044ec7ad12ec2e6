import { z } from 'zod';
import type { Clients } from '../../../adapters/index.ts';
import type { PostgresSession } from '../../../adapters/postgres/index.ts';
import { readReplication } from '../../../adapters/postgres/replication.ts';
import type { ObserveContext } from '../../../domain/action.ts';
import type { Clock } from '../../../domain/clock.ts';
import { describeError, LifeboatError } from '../../../domain/errors.ts';
import { instanceName } from '../../../domain/instance-name.ts';
import { withDatabase } from '../../postgres/database.ts';

/** World seconds without a word from the primary after which a receiver that still says `streaming` hears nothing. */
const SILENT_SECONDS = 20;
/** Machine seconds below which silence says nothing, however fast the world runs. */
const SHORTEST_SILENCE = 1;

const Receiver = z.array(z.object({ status: z.string().nullable(), silent: z.number().nullable() })).max(1);

/** What a replica says of its source. */
export interface Heard {
  /** Whether it still receives from the primary; undefined when the replica cannot be asked. */
  receiving: boolean | undefined;
  /** World seconds of writes that it has not received; undefined when that is not known. */
  lagSeconds: number | undefined;
  sentence: string;
}

/** Asks the replica of system.yaml whether its primary still sends. Never throws but for the signal's reason. */
export async function askReplica(clients: Clients, context: ObserveContext): Promise<Heard> {
  const { primary, replica } = context.system.database;
  try {
    return await withDatabase(clients, context, replica, async (session) => {
      const { receiving, status } = await readReceiver(session, context.clock, context.signal);
      const { position, role } = await readReplication(session, context.signal);
      if (role === 'primary') {
        return {
          receiving: undefined,
          lagSeconds: undefined,
          sentence: `${instanceName(replica)} is a primary itself.`,
        };
      }
      const lagSeconds = await lagOf(context, `database/${primary.instance}`, position);
      const heard = receiving ? 'still receives from it' : `receives nothing from it (${status})`;
      const lag = lagSeconds === undefined ? '' : `, ${Math.round(lagSeconds)} s behind its last known write`;
      return { receiving, lagSeconds, sentence: `The replica ${instanceName(replica)} ${heard}${lag}.` };
    });
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    const sentence = `The replica ${instanceName(replica)} cannot be asked: ${describeError(error)}`;
    return { receiving: undefined, lagSeconds: undefined, sentence };
  }
}

/** Whether this server's WAL receiver hears from its source. */
export async function readReceiver(
  session: PostgresSession,
  clock: Pick<Clock, 'speed'>,
  signal: AbortSignal,
): Promise<{ receiving: boolean; status: string }> {
  const [row] = Receiver.parse(
    await session.query(
      `SELECT status, extract(epoch FROM clock_timestamp() - last_msg_receipt_time)::float8 AS silent
         FROM pg_stat_wal_receiver`,
      [],
      signal,
    ),
  );
  if (row?.status !== 'streaming') return { receiving: false, status: row?.status ?? 'no receiver runs' };
  // The server's clock is the machine's.
  const machineSeconds = row.silent ?? 0;
  const silent = machineSeconds > SHORTEST_SILENCE && machineSeconds * clock.speed() > SILENT_SECONDS;
  return { receiving: !silent, status: silent ? 'nothing came for a while' : 'streaming' };
}

/** World seconds between the last sampled write of the primary and the newest one that lies at or before `position`. */
export async function lagOf(
  { samples }: Pick<ObserveContext, 'samples'>,
  subject: string,
  position: number,
): Promise<number | undefined> {
  const last = await samples.newest(subject);
  const received = await samples.newestReceived(subject, position);
  return last && received ? Math.max(0, last.at - received.at) / 1000 : undefined;
}
