import type { RdsInstance } from '../aws/rds/state.ts';
import type { WorldState } from './state.ts';

type Databases = Pick<WorldState, 'rds' | 'rdsClusters'>;

/** What answers at a database's host name. */
export interface DatabaseAddress {
  /** The instance that answers there now. */
  instance: RdsInstance;
  port: number;
}

/** Every instance of the world. Pure. */
export function databaseInstances({ rds }: Pick<WorldState, 'rds'>): RdsInstance[] {
  return Object.values(rds).flatMap((byName) => Object.values(byName));
}

/** The instance of this identifier, in whichever region. Pure. */
export function databaseInstance(state: Pick<WorldState, 'rds'>, identifier: string): RdsInstance | undefined {
  return databaseInstances(state).find((instance) => instance.identifier === identifier);
}

/**
 * Who answers at a host name (in any case): an instance at its own, its writer or a reader at a cluster's endpoints.
 * Undefined for a name that does not exist, or not any more. Pure.
 */
export function databaseAt(state: Databases, host: string): DatabaseAddress | undefined {
  const name = host.toLowerCase();
  if (name === '') return undefined;
  const instance = databaseInstances(state).find(({ address }) => address.toLowerCase() === name);
  if (instance) return { instance, port: instance.port };
  for (const cluster of Object.values(state.rdsClusters ?? {}).flatMap((byName) => Object.values(byName))) {
    const { endpoint, port, readerEndpoint, readerPort, writer, members, region } = cluster;
    const reader = members.find((member) => member !== writer) ?? writer;
    const found =
      name === endpoint ? { port, to: writer } : name === readerEndpoint ? { port: readerPort, to: reader } : undefined;
    const answers = found && state.rds[region]?.[found.to];
    if (found && answers) return { instance: answers, port: found.port };
  }
  return undefined;
}

/** Every name that databases are reached by now: instances by their identifiers, clusters by theirs and with `-ro`. */
export function reachableDatabases(state: Databases): { identifier: string; address: string; port: number }[] {
  const clusters = Object.values(state.rdsClusters ?? {}).flatMap((byName) => Object.values(byName));
  return [
    // None while it is being created.
    ...databaseInstances(state).filter(({ address }) => address !== ''),
    ...clusters.flatMap(({ identifier, endpoint, port, readerEndpoint, readerPort }) => [
      { identifier, address: endpoint, port },
      { identifier: `${identifier}-ro`, address: readerEndpoint, port: readerPort },
    ]),
  ].map(({ identifier, address, port }) => ({ identifier, address, port }));
}

/** Whether an instance streams from another one and so accepts no writes: a read replica, or a cluster's reader. Pure. */
export function isReplica(state: Pick<WorldState, 'databases'>, instance: RdsInstance): boolean {
  if (instance.replicaSource !== undefined) return true;
  return instance.cluster !== undefined && state.databases?.servers[instance.identifier]?.source !== undefined;
}
