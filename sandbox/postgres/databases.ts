import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type pg from 'pg';
import type { System } from '../../src/domain/system.ts';
import { stopServer } from '../../src/store/embedded/server.ts';
import { databaseInstances } from '../world/database-address.ts';
import type { World } from '../world/world.ts';
import { createCopies, type RestoreOptions } from './copies.ts';
import { damageOnFault } from './damage.ts';
import { adoptPorts, type FleetState, fleetOf } from './fleet.ts';
import * as change from './fleet-changes.ts';
import { startFleet } from './fleet-start.ts';
import type { Passwords } from './roles.ts';
import { RunningFleet } from './running-fleet.ts';
import { dataDirectoryOf, stopLeftovers } from './servers.ts';

/**
 * The database servers of the simulated world, by the identifier of the instance that each stands behind: one
 * identifier is one instance, in whichever region. Operations on them happen one after the other. Each throws, in a
 * sentence, where there is no such instance.
 */
export interface Databases {
  /** Where clients reach each instance, and each alias, now: what RDS describes. */
  readonly endpoints: Record<string, { host: '127.0.0.1'; port: number }>;
  /** The instances that there are. */
  instances(): string[];
  /** Whether the server's process runs. */
  isRunning(instance: string): boolean;
  /** Makes a replica a standalone primary; resolves when it accepts writes. Repeating it is harmless. */
  promote(instance: string): Promise<void>;
  /**
   * Adds a streaming replica and gives the port of its gate. Throws when the identifier is taken; where it cannot be made,
   * nothing is left of it.
   */
  createReplica(options: change.ReplicaOptions): Promise<{ port: number }>;
  /** Makes an instance anew as a replica of another: what it had of its own is gone. */
  rebuild(instance: string, source: string, options?: { synchronous?: boolean }): Promise<void>;
  /** Lets a replica stream from another server, which must have all that it has received. */
  follow(instance: string, source: string, options?: { synchronous?: boolean }): Promise<void>;
  /** Refuses clients from now on, whilst replicas still receive what they lack. Starting it ends that. */
  seal(instance: string): Promise<void>;
  /** Whether a replica has received all that its source has written. */
  hasReceivedAll(instance: string): Promise<boolean>;
  /**
   * Ends `from` as a host that is gone, promotes its replica `instance`, and lets the other replicas of `from` follow
   * that one; what one of them has beyond it is given up. Repeating it is harmless.
   */
  takeOver(instance: string, from: string): Promise<void>;
  /** The host is gone: clients hang, what is open stays silent. Nothing that was acknowledged is lost. */
  crash(instance: string): Promise<void>;
  /** Shuts the server down in order; clients are refused. */
  stop(instance: string): Promise<void>;
  /** Starts a server that was stopped or has crashed, as new; does nothing when it runs. */
  start(instance: string): Promise<void>;
  /** Stops and starts it. */
  restart(instance: string): Promise<void>;
  /** Ends a server and removes its folder. Its replicas stay and receive nothing any more. */
  remove(instance: string): Promise<void>;
  /**
   * Gives an instance another identifier. Nobody listens at the old name any more; at the new one it is reached on
   * the port that this name has had, where an instance had it before. Gives that port.
   */
  rename(instance: string, to: string): Promise<{ port: number }>;
  /** Leads `alias` (a cluster's endpoint) to an instance from now on, and gives its port. */
  pointAlias(alias: string, instance: string): Promise<{ port: number }>;
  /** Keeps a copy of a server's data, running or not, under this name. Throws when the name is taken. */
  keepCopy(instance: string, name: string): Promise<void>;
  /** The names of the copies that are kept. */
  copies(): string[];
  /** Forgets a copy and removes its folder. */
  removeCopy(name: string): Promise<void>;
  /** Starts a new standalone server from a copy and gives the port of its gate. */
  restoreCopy(name: string, options: RestoreOptions): Promise<{ port: number }>;
  /** Asks a server as superuser, past its gate, whatever the network does: for the judge, never for the bot. */
  query<Row extends pg.QueryResultRow>(instance: string, sql: string, params?: unknown[]): Promise<Row[]>;
  /** World seconds that the oldest change under way to this replica (absent: to any) has been held; 0 when none is. */
  lagSeconds(replica?: string): number;
  /** Closes the gates and stops all servers. Their folders stay. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Disposable folder of these servers alone. */
  directory: string;
  system: System;
  passwords: Passwords;
  /** Go on with the servers that are in `directory`, made with the same passwords; otherwise all is made anew. */
  reuse?: boolean;
}

/**
 * Starts a real PostgreSQL server behind each database instance of the world, replicas in streaming replication.
 * Clients come to a server only through a gate that behaves as its region and its host do, and a replica to its source
 * only through a link: `region-down` hangs and `region-refuse` refuses what has an end in that region, `replica-lag`
 * lets changes arrive that many world seconds late, `broken-replica` lets none arrive. Which servers there are is kept
 * in `world.state.databases`, so a saved world goes on with them. The servers die with this process; what a crash of
 * the machine leaves is removed at the next start.
 */
export async function startDatabases(world: World, options: DatabaseOptions): Promise<Databases> {
  const { directory, system, passwords } = options;
  const state = world.state.databases ?? initialFleet(world, system);
  world.state.databases = state;
  const fleet = new RunningFleet({ world, state, directory, system, passwords });
  const { members, aliases } = fleet;
  const copies = createCopies(fleet);
  let turn: Promise<unknown> = Promise.resolve();
  let closing = false;

  await mkdir(directory, { recursive: true });
  await stopLeftovers(directory);
  world.on('fault', onFault);
  const damage = damageOnFault(world, { database: system.database.name, passwords, server: writableServer });
  try {
    await startFleet(fleet, { reuse: options.reuse === true });
    adoptPorts(world.state, state);
    damage.catchUp();
  } catch (error) {
    await close();
    throw error;
  }

  return {
    get endpoints() {
      const gates = [...members.values()].flatMap(({ instance, openPort }) =>
        openPort === undefined ? [] : [[instance, openPort] as const],
      );
      const others = [...aliases].map(([alias, { port }]) => [alias, port] as const);
      const reached = [...gates, ...others].map(([name, port]) => [name, { host: '127.0.0.1' as const, port }]);
      return Object.fromEntries(reached);
    },
    instances: () => [...members.keys()],
    isRunning: (instance) => fleet.memberOf(instance).server !== undefined,
    promote: (instance) => inTurn(() => change.promote(fleet, instance)),
    createReplica: (replica) => inTurn(() => change.createReplica(fleet, replica)),
    rebuild: (instance, source, more) => inTurn(() => change.rebuild(fleet, instance, source, more)),
    follow: (instance, source, more) => inTurn(() => change.follow(fleet, instance, source, more)),
    seal: (instance) => inTurn(async () => change.seal(fleet, instance)),
    hasReceivedAll: (instance) => change.hasReceivedAll(fleet, instance),
    takeOver: (instance, from) => inTurn(() => change.takeOver(fleet, instance, from)),
    crash: (instance) => inTurn(() => change.stop(fleet, instance, 'hang')),
    stop: (instance) => inTurn(() => change.stop(fleet, instance, 'refuse')),
    start: (instance) => inTurn(() => change.start(fleet, instance)),
    restart: (instance) =>
      inTurn(async () => {
        await change.stop(fleet, instance, 'refuse');
        await change.start(fleet, instance);
      }),
    remove: (instance) => inTurn(() => change.remove(fleet, instance)),
    rename: (instance, to) => inTurn(() => change.rename(fleet, instance, to)),
    pointAlias: (alias, instance) => inTurn(() => change.pointAlias(fleet, alias, instance)),
    keepCopy: (instance, name) => inTurn(() => copies.keep(fleet.memberOf(instance), name)),
    copies: () => Object.keys(state.copies),
    removeCopy: (name) => inTurn(() => copies.remove(name)),
    restoreCopy: (name, restore) =>
      inTurn(() => change.addFromCopy(fleet, restore, (folder) => copies.restore(name, folder, restore))),
    query: async (instance, sql, params) => (await fleet.memberOf(instance).pool().query(sql, params)).rows,
    lagSeconds: (replica) =>
      replica === undefined
        ? Math.max(0, ...[...members.values()].map((member) => member.lagSeconds()))
        : fleet.memberOf(replica).lagSeconds(),
    close,
  };

  function onFault(): void {
    fleet.applyAll();
    void inTurn(() => fleet.applySynchrony()).catch(() => undefined);
  }

  /** A change of the fleet waits for the one before it: each leaves servers, links and state in step. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = turn.then(() => {
      if (closing) throw new Error('The simulated databases are being closed.');
      return work();
    });
    turn = mine.catch(() => undefined);
    return mine.finally(() => damage.catchUp());
  }

  /** Where the product's data is: the instance that bears the primary's name, or whichever accepts writes. */
  function writableServer() {
    const writable = [...members.values()].filter(
      ({ state: { source, unfinished }, server }) => source === undefined && !unfinished && server,
    );
    const named = writable.find(({ instance }) => instance === system.database.primary.instance);
    const member = named ?? writable[0];
    return member?.server && { ...member.server, instance: member.instance };
  }

  async function close(): Promise<void> {
    closing = true;
    world.off('fault', onFault);
    await damage.close();
    await turn;
    await Promise.all([...aliases.values()].map((front) => front.close()));
    aliases.clear();
    await Promise.all([...members.values()].map((member) => member.close()));
    // A start that failed may have left one that no member knows.
    const folders = Object.values(state.servers).map(({ folder }) => dataDirectoryOf(directory, folder));
    await Promise.all(folders.filter((folder) => existsSync(folder)).map((folder) => stopServer(folder, 'immediate')));
  }
}

/** The fleet of a world that has never had its servers started. */
function initialFleet({ state }: World, system: System): FleetState {
  const instances = databaseInstances(state);
  if (instances.length > 0) return fleetOf(instances);
  const { primary, replica } = system.database;
  return {
    servers: {
      [primary.instance]: { folder: primary.instance, region: primary.region },
      [replica.instance]: { folder: replica.instance, region: replica.region, source: primary.instance },
    },
    ...{ aliases: {}, ports: {}, copies: {} },
  };
}
