import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { targetOf } from '../../adapters/of-system.ts';
import type { PostgresSession, SessionLimits } from '../../adapters/postgres/index.ts';
import type { ObserveContext } from '../../domain/action.ts';
import { Region, type System } from '../../domain/system.ts';
import { lastEndpoint } from './database.ts';
import { endpointShape } from './endpoint.ts';

/** Which database an action works on: the primary of system.yaml, unless an instance or an endpoint is given. */
export const placeShape = {
  region: Region.optional(),
  instance: z.string().min(1).optional(),
  /** Where it listens, when an earlier step has told it. */
  endpoint: endpointShape.endpoint.optional(),
  port: endpointShape.port.optional(),
  /** Name of the database on that server; absent: the one of system.yaml. */
  database: z.string().min(1).optional(),
};

export interface Place {
  region?: string | undefined;
  instance?: string | undefined;
  endpoint?: string | undefined;
  port?: number | undefined;
  database?: string | undefined;
}

/** The instance and its region; those of the primary where nothing else is given. */
export function instanceOf({ region, instance }: Place, { database }: System): { region: string; instance: string } {
  return { region: region ?? database.primary.region, instance: instance ?? database.primary.instance };
}

/** How people name it: `chatbot on chatbot-prod`. */
export function nameOf(place: Place, system: System): string {
  return `${place.database ?? system.database.name} on ${place.endpoint ?? instanceOf(place, system).instance}`;
}

/**
 * Opens a connection to the database, lets `work` use it, and closes it. An instance is looked for where the observer last
 * saw it, and where RDS says it is when it was never seen.
 */
export async function atPlace<T>(
  clients: Clients,
  context: Pick<ObserveContext, 'samples' | 'signal' | 'system'>,
  place: Place,
  work: (session: PostgresSession) => Promise<T>,
  limits?: SessionLimits,
): Promise<T> {
  const { system, signal } = context;
  const target = targetOf(clients, system, await endpointOf(clients, context, place));
  const named = place.database === undefined ? target : { ...target, database: place.database };
  return clients.postgres.use(named, signal, work, limits);
}

async function endpointOf(
  clients: Clients,
  { samples, signal, system }: Pick<ObserveContext, 'samples' | 'signal' | 'system'>,
  place: Place,
): Promise<{ endpoint: string; port: number }> {
  const { endpoint, port } = place;
  if (endpoint !== undefined && port !== undefined) return { endpoint, port };
  const { region, instance } = instanceOf(place, system);
  return (await lastEndpoint(samples, instance)) ?? clients.aws.rds.describe(region, instance, signal);
}
