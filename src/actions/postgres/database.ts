import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { type Endpoint, targetOf } from '../../adapters/of-system.ts';
import type { PostgresSession } from '../../adapters/postgres/index.ts';
import type { ObserveContext, SampleReader } from '../../domain/action.ts';
import { Retryable } from '../../domain/errors.ts';
import { instanceName } from '../../domain/instance-name.ts';
import { Region, type System } from '../../domain/system.ts';

export interface Where {
  region: string;
  instance: string;
}

/**
 * The replica that is promoted after a fence: of system.yaml when absent. What is fenced is always the primary; whether
 * the fence may be taken away again, or has to be set when the primary comes back, follows from this replica.
 */
export const Promoting = z.strictObject({ region: Region, instance: z.string().min(1) });

/** What `postgres.fence` takes. */
export const FenceInput = z.strictObject({
  promoting: Promoting.optional(),
  /** The primary that is fenced: of system.yaml when absent. On the way back it is the replica of system.yaml. */
  primary: Promoting.optional(),
  /** True: nothing is promoted; one that is restored beside the primary takes its place. */
  replacing: z.boolean().optional(),
});

/** The system as a move away from this primary sees it. */
export function movedSystem(system: System, { primary }: { primary?: Where | undefined }): System {
  return primary === undefined ? system : { ...system, database: { ...system.database, primary } };
}

/** The same for a context. */
export function moved<C extends { system: System }>(context: C, input: { primary?: Where | undefined }): C {
  return { ...context, system: movedSystem(context.system, input) };
}

/** The replica that a step's input names, or that of system.yaml. */
export function promotedOf({ promoting }: { promoting?: Where | undefined }, { database }: System): Where {
  return promoting ?? database.replica;
}

/** How people and signatures name an instance. */
export { instanceName as subjectOf };

/** Name of the lock on an instance; the actions of RDS use the same one. */
export function lockOf({ region, instance }: Where): string {
  return `rds/${region}/${instance}`;
}

/**
 * Opens a connection to an instance, lets `work` use it, and closes it. It is looked for where the observer last saw it,
 * which needs no answer of the region's control plane, and where RDS says it is when nothing answers there. Throws
 * what the connection or RDS threw; a region that hangs takes until the signal's deadline, once.
 */
export async function withDatabase<T>(
  clients: Clients,
  { samples, signal, system }: Pick<ObserveContext, 'samples' | 'signal' | 'system'>,
  where: Where,
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const session = await connect(clients, system, where, await lastEndpoint(samples, where.instance), signal);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

async function connect(
  clients: Clients,
  system: System,
  { region, instance }: Where,
  known: Endpoint | undefined,
  signal: AbortSignal,
): Promise<PostgresSession> {
  const open = (endpoint: Endpoint) => clients.postgres.connect(targetOf(clients, system, endpoint), signal);
  try {
    if (known) return await open(known);
  } catch (error) {
    if (!(error instanceof Retryable) || /timeout$/.test(error.code)) throw error;
  }
  return open(await clients.aws.rds.describe(region, instance, signal));
}

export async function lastEndpoint(samples: SampleReader, instance: string): Promise<Endpoint | undefined> {
  const { endpoint, port } = (await samples.newest(`database/${instance}`))?.value ?? {};
  return typeof endpoint === 'string' && typeof port === 'number' ? { endpoint, port } : undefined;
}
