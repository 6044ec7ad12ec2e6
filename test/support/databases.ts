import pg from 'pg';
import type { Sample } from '../../src/domain/action.ts';
import type { TestWorld } from './world.ts';

/** The primary and the replica of a test world, by their instances. */
export const PRIMARY = 'chatbot-prod';
export const REPLICA = 'chatbot-prod-replica-west';
/** Their regions. */
export const EAST = { region: 'us-east-1', instance: PRIMARY };
export const WEST = { region: 'us-west-2', instance: REPLICA };

/** Where an instance listens, as RDS describes it. */
export async function endpointOf({ clients }: TestWorld, { region, instance }: typeof EAST) {
  const { endpoint, port } = await clients.aws.rds.describe(region, instance, AbortSignal.timeout(5000));
  return { endpoint, port };
}

/** A session of the application's own role. */
export async function signInAsApplication({ databases, world }: TestWorld, instance: string): Promise<pg.Client> {
  const port = databases.endpoints[instance]?.port;
  if (port === undefined) throw new Error(`no ${instance}`);
  const password = world.state.kubernetes['us-east-1']?.secrets['db-credentials']?.data.password;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'chatbot_app', password, database: 'chatbot' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A sample of the primary, as the observer would have recorded it now. */
export async function samplePrimary(bench: TestWorld): Promise<Sample> {
  const [row] = await bench.databases.query<{ position: string }>(
    PRIMARY,
    "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::text AS position",
  );
  const value = { ...(await endpointOf(bench, EAST)), position: Number(row?.position) };
  return { at: bench.world.clock.now(), value };
}
