import { z } from 'zod';
import type { Clients } from '../../adapters/index.ts';
import { clusterOf, targetOf } from '../../adapters/of-system.ts';
import { readReplication } from '../../adapters/postgres/replication.ts';
import { readSignIns } from '../../adapters/postgres/roles.ts';
import type { ObserveContext } from '../../domain/action.ts';
import type { Permissions } from '../../domain/permissions.ts';
import { Region } from '../../domain/system.ts';
import { endpointShape } from './endpoint.ts';

/** Where services run, and the database that they are to use. */
export const Served = z.strictObject({ region: Region, ...endpointShape });
type Served = z.infer<typeof Served>;

/** What it takes to ask pods and sessions. */
export const APPLICATION_PERMISSIONS: Permissions = {
  namespace: { 'secrets (named by system.yaml)': ['get'], 'apps/deployments': ['get'] },
  sql: ['CONNECT', 'pg_monitor'],
};

/** A pod keeps the connection that it read when it started: the newest template of each deployment must run alone. */
export async function askPods(
  clients: Clients,
  { system, signal }: ObserveContext,
  { region, endpoint, port }: Served,
) {
  const { deployments, secret } = system.kubernetes;
  const cluster = clusterOf(clients, system, region);
  const [found, ...workloads] = await Promise.all([
    cluster.secret(secret.name, signal),
    ...deployments.map((name) => cluster.workload(name, signal)),
  ]);
  const pointsThere = found.value(secret.hostKey) === endpoint && found.value(secret.portKey) === String(port);
  const left = workloads.reduce(
    (total, { existing, updated, ready, replicas }) =>
      total + Math.max(existing - Math.min(updated, ready), replicas - ready, 0),
    0,
  );
  const points = pointsThere
    ? `The secret ${secret.name} in ${region} names it`
    : `The secret ${secret.name} in ${region} names ${found.value(secret.hostKey)}, not ${endpoint}`;
  const sentence = `${points}; ${left === 0 ? 'every pod was started with it and is ready' : `${left} pods are old or not ready`}.`;
  return { pointsThere, left, sentence };
}

/** Sessions of the application on a server that accepts writes; 0 on one that does not. */
export async function askSessions(
  clients: Clients,
  { system, signal }: ObserveContext,
  input: Served,
): Promise<number> {
  return clients.postgres.use(targetOf(clients, system, input), signal, async (session) => {
    const { role } = await readReplication(session, signal);
    const { sessions } = await readSignIns(session, system.database.applicationUsers, signal);
    return role === 'primary' ? sessions : 0;
  });
}
