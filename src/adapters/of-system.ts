import { InvalidInput } from '../domain/errors.ts';
import type { System } from '../domain/system.ts';
import type { Clients } from './index.ts';
import type { Cluster } from './kubernetes/index.ts';
import type { PostgresTarget } from './postgres/index.ts';

export interface Endpoint {
  endpoint: string;
  port: number;
}

/** How Lifeboat signs in to a database of the system. */
export function targetOf(clients: Clients, system: System, { endpoint, port }: Endpoint): PostgresTarget {
  const { name, user, password } = system.database;
  return { host: endpoint, port, database: name, user, password: clients.secret(password) };
}

/** The system's namespace in a region's cluster. Throws InvalidInput when system.yaml names no context for it. */
export function clusterOf({ kubernetes }: Clients, system: System, region: string): Cluster {
  const { contexts, namespace } = system.kubernetes;
  const context = contexts[region];
  if (context === undefined) {
    throw new InvalidInput('kubernetes.no-context', `system.yaml names no Kubernetes context for ${region}.`);
  }
  return kubernetes.cluster({ context, namespace, region });
}
