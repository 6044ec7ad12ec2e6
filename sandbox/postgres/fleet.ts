import type { RdsInstance } from '../aws/rds/state.ts';
import { databaseInstances } from '../world/database-address.ts';
import type { WorldState } from '../world/state.ts';

/** The database servers of a world, as plain data: what a saved world starts again. */
export interface FleetState {
  /** By the identifier of the instance that each stands behind. */
  servers: Record<string, ServerState>;
  /** Names besides those of instances, and the instance that answers there now: a cluster's endpoints. */
  aliases: Record<string, string>;
  /** The port of every name that there is or was: whoever takes a name over is reached where it was. */
  ports: Record<string, number>;
  /** Ports at which what runs in the region of a server reaches it, by name; others at each start. */
  innerPorts?: Record<string, number>;
  /** Copies of data folders, by name. */
  copies: Record<string, CopyState>;
}

export interface ServerState {
  /** Folder of the server below that of all; it stays when the instance is renamed. */
  folder: string;
  region: string;
  /** The instance that it streams from; absent: it accepts writes. */
  source?: string;
  /** Whether its source acknowledges no write before this server has it, and `replica-lag` spares it. */
  synchronous?: boolean;
  /** Why it does not run: `hang` as a host that is gone, `refuse` as one that is being restarted. */
  down?: 'hang' | 'refuse';
  /** It runs, serves its replicas, and refuses clients. */
  sealed?: boolean;
  /** Its folder is not whole: it is being made. */
  unfinished?: boolean;
}

export interface CopyState {
  folder: string;
  /** Folder of the server that was copied: its write-ahead log is what goes on from the copy. */
  origin: string;
  /** World time at which the copy was complete. */
  takenAt: number;
}

/** The fleet behind these instances, each on its port and streaming from the instance that it names as its source. */
export function fleetOf(instances: readonly RdsInstance[]): FleetState {
  const identifierOf = (nameOrArn: string) => nameOrArn.split(':').at(-1) ?? nameOrArn;
  return {
    servers: Object.fromEntries(
      instances.map(({ identifier, region, replicaSource }): [string, ServerState] => [
        identifier,
        {
          folder: identifier,
          region,
          ...(replicaSource === undefined ? {} : { source: identifierOf(replicaSource) }),
        },
      ]),
    ),
    aliases: {},
    ports: Object.fromEntries(instances.map(({ identifier, port }) => [identifier, port])),
    copies: {},
  };
}

/** Lets instances and clusters tell the ports that their names have now: somebody else may have taken an earlier one. */
export function adoptPorts(state: Pick<WorldState, 'rds' | 'rdsClusters'>, { ports, servers }: FleetState): void {
  for (const instance of databaseInstances(state)) {
    if (servers[instance.identifier]) instance.port = ports[instance.identifier] ?? instance.port;
  }
  for (const cluster of Object.values(state.rdsClusters ?? {}).flatMap((byName) => Object.values(byName))) {
    cluster.port = ports[cluster.endpoint] ?? cluster.port;
    cluster.readerPort = ports[cluster.readerEndpoint] ?? cluster.readerPort;
  }
}

/** Servers in an order in which each comes after the one that it streams from. */
export function sourcesFirst(servers: Record<string, ServerState>): string[] {
  const ordered = new Set<string>();
  const visit = (name: string, path: readonly string[]) => {
    const server = servers[name];
    if (!server || ordered.has(name) || path.includes(name)) return;
    if (server.source !== undefined) visit(server.source, [...path, name]);
    ordered.add(name);
  };
  for (const name of Object.keys(servers)) visit(name, []);
  return [...ordered];
}
