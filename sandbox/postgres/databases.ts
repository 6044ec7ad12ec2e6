import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { System } from '../../src/domain/system.ts';
import { stopServer } from '../../src/store/embedded/server.ts';
import type { World } from '../world/world.ts';
import { type CopyStore, createCopies, type RestoreOptions } from './copies.ts';
import { damageOnFault } from './damage.ts';
import { type FleetState, fleetOf, sourcesFirst } from './fleet.ts';
import { type Front, openFront, type Reached } from './front.ts';
import { type Fleet, Member } from './member.ts';
import type { Passwords } from './roles.ts';
import { copyForStandby, dataDirectoryOf, makePrimary, pointAtLink, removeFolder, stopLeftovers } from './servers.ts';

export interface ReplicaOptions {
  instance: string;
  region: string;
  /** The instance that it streams from; its server must run. */
  source: string;
  /** No write is acknowledged before this replica has it; `replica-lag` spares it. */
  synchronous?: boolean;
}

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
  /** Adds a streaming replica and gives the port of its gate. Throws when the identifier is taken. */
  createReplica(options: ReplicaOptions): Promise<{ port: number }>;
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
  const members = new Map<string, Member>();
  const aliases = new Map<string, Front>();
  const fleet: Fleet = {
    ...{ world, state, directory, passwords },
    database: system.database.name,
    member: (instance) => members.get(instance),
    applyAll,
  };
  const copies = createCopies(fleet);
  let turn: Promise<unknown> = Promise.resolve();
  let closing = false;

  await mkdir(directory, { recursive: true });
  await stopLeftovers(directory);
  world.on('fault', onFault);
  const damage = damageOnFault(world, { database: system.database.name, passwords, server: writableServer });
  try {
    await startAll();
  } catch (error) {
    await close();
    throw error;
  }

  return {
    get endpoints() {
      const gates = [...members.values()].map(({ instance, port }) => [instance, port] as const);
      const others = [...aliases].map(([alias, { port }]) => [alias, port] as const);
      const reached = [...gates, ...others].map(([name, port]) => [name, { host: '127.0.0.1' as const, port }]);
      return Object.fromEntries(reached);
    },
    instances: () => [...members.keys()],
    isRunning: (instance) => memberOf(instance).server !== undefined,
    promote: (instance) => inTurn(() => promote(memberOf(instance))),
    createReplica: (replica) => inTurn(() => createReplica(replica)),
    rebuild: (instance, source, more) => inTurn(() => rebuild(memberOf(instance), source, more)),
    follow: (instance, source, more) => inTurn(() => follow(memberOf(instance), source, more)),
    seal: (instance) =>
      inTurn(async () => {
        memberOf(instance).state.down = 'refuse';
        applyAll();
      }),
    hasReceivedAll,
    takeOver: (instance, from) => inTurn(() => takeOver(memberOf(instance), memberOf(from))),
    crash: (instance) => inTurn(() => stop(instance, 'hang')),
    stop: (instance) => inTurn(() => stop(instance, 'refuse')),
    start: (instance) => inTurn(() => start(instance)),
    restart: (instance) =>
      inTurn(async () => {
        await stop(instance, 'refuse');
        await start(instance);
      }),
    remove: (instance) => inTurn(() => remove(instance)),
    rename: (instance, to) => inTurn(() => rename(instance, to)),
    pointAlias: (alias, instance) => inTurn(() => pointAlias(alias, instance)),
    keepCopy: (instance, name) => inTurn(() => copies.keep(memberOf(instance), name)),
    copies: () => Object.keys(state.copies),
    removeCopy: (name) => inTurn(() => copies.remove(name)),
    restoreCopy: (name, restore) => inTurn(() => restoreCopy(name, restore, copies)),
    query: async (instance, sql, params) => (await memberOf(instance).pool().query(sql, params)).rows,
    lagSeconds: (replica) =>
      replica === undefined
        ? Math.max(0, ...[...members.values()].map((member) => member.lagSeconds()))
        : memberOf(replica).lagSeconds(),
    close,
  };

  function onFault(): void {
    applyAll();
    void inTurn(applySynchrony).catch(() => undefined);
  }

  function applyAll(): void {
    for (const member of members.values()) member.apply();
    for (const front of aliases.values()) front.apply();
  }

  /** A change of the fleet waits for the one before it: each leaves servers, links and state in step. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = turn.then(() => {
      if (closing) throw new Error('The simulated databases are being closed.');
      return work();
    });
    turn = mine.catch(() => undefined);
    return mine;
  }

  async function startAll(): Promise<void> {
    const names = sourcesFirst(state.servers);
    const hasFolder = (name: string) =>
      existsSync(join(dataDirectoryOf(directory, state.servers[name]?.folder ?? name), 'PG_VERSION'));
    const reuse = options.reuse === true && names.every(hasFolder);
    if (!reuse)
      await Promise.all(names.map((name) => removeFolder(join(directory, state.servers[name]?.folder ?? name))));
    for (const name of names) members.set(name, new Member(fleet, name));
    // Side by side where all is there; otherwise a replica is a copy of its source.
    if (reuse) await Promise.all(names.map((name) => goOn(memberOf(name))));
    else for (const name of names) await begin(memberOf(name));
    // A link leads nowhere before its source runs.
    applyAll();
    await Promise.all(names.map((name) => memberOf(name).open()));
    for (const alias of Object.keys(state.aliases)) await openAlias(alias);
    await applySynchrony();
  }

  async function begin(member: Member): Promise<void> {
    const { folder, source } = member.state;
    if (source === undefined)
      member.adopt(await makePrimary(directory, folder, system, passwords, world.state.startedAt));
    else await startAsReplica(member, source);
  }

  async function goOn(member: Member): Promise<void> {
    const { source, down } = member.state;
    member.waitsFor = undefined;
    if (source !== undefined) await pointAt(member);
    if (down === undefined) await member.start();
  }

  async function startAsReplica(member: Member, source: string): Promise<void> {
    await copyForStandby(memberOf(source).running(), directory, member.state.folder, passwords);
    await pointAt(member);
    await member.start();
  }

  async function pointAt(member: Member): Promise<void> {
    await pointAtLink(directory, member.state.folder, await member.openLink(), passwords);
    member.waitsFor = '';
  }

  async function createReplica({ instance, region, source, synchronous }: ReplicaOptions) {
    assertFree(instance);
    memberOf(source).running();
    state.servers[instance] = { folder: freeFolder(instance), region, source, ...(synchronous && { synchronous }) };
    const member = new Member(fleet, instance);
    members.set(instance, member);
    await startAsReplica(member, source);
    await member.open();
    await applySynchrony();
    return { port: member.port };
  }

  async function rebuild(member: Member, source: string, { synchronous = false } = {}): Promise<void> {
    memberOf(source).running();
    if (member.server) await member.stop('refuse', 'immediate');
    Object.assign(member.state, { source, synchronous });
    await startAsReplica(member, source);
    applyAll();
    await applySynchrony();
  }

  async function follow(member: Member, source: string, { synchronous = false } = {}): Promise<void> {
    memberOf(source);
    Object.assign(member.state, { source, synchronous });
    member.follow();
    await applySynchrony();
  }

  async function hasReceivedAll(instance: string): Promise<boolean> {
    const { source } = memberOf(instance).state;
    if (source === undefined) return true;
    const [written] = (await memberOf(source).pool().query('SELECT pg_current_wal_flush_lsn()::text AS lsn')).rows;
    return (await received(memberOf(instance))) >= bytesOf(String(written?.lsn));
  }

  async function takeOver(member: Member, from: Member): Promise<void> {
    if (from.server) await from.stop('hang', 'immediate');
    const others = [...members.values()].filter(({ state: { source } }) => source === from.instance);
    const reached = new Map<Member, bigint>();
    for (const other of others) if (other.server) reached.set(other, await received(other));
    const own = reached.get(member);
    await promote(member);
    for (const other of others.filter((follower) => follower !== member)) {
      const has = reached.get(other);
      if (own !== undefined && has !== undefined && has > own) await rebuild(other, member.instance);
      else await follow(other, member.instance);
    }
  }

  /** Position up to which a replica has its source's log. */
  async function received(member: Member): Promise<bigint> {
    const sql = 'SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text AS lsn';
    const { rows } = await member.pool().query<{ lsn: string | null }>(sql);
    return bytesOf(rows[0]?.lsn ?? '0/0');
  }

  async function promote(member: Member): Promise<void> {
    // A server that is none any more refuses pg_promote, so it is only asked of one that is in recovery.
    const sql = 'SELECT CASE WHEN pg_is_in_recovery() THEN pg_promote(true, 60) ELSE true END AS done';
    const { rows } = await member.pool().query<{ done: boolean }>(sql);
    if (rows[0]?.done !== true) throw new Error(`The replica ${member.instance} did not become a primary within 60 s.`);
    delete member.state.source;
    delete member.state.synchronous;
    await member.closeLink();
    await applySynchrony();
  }

  async function stop(instance: string, down: 'hang' | 'refuse'): Promise<void> {
    await memberOf(instance).stop(down, down === 'hang' ? 'immediate' : 'fast');
    applyAll();
    await applySynchrony();
  }

  async function start(instance: string): Promise<void> {
    const member = memberOf(instance);
    if (member.server) {
      delete member.state.down;
      applyAll();
      return;
    }
    if (member.state.source !== undefined) await pointAt(member);
    await member.start();
    applyAll();
    await applySynchrony();
  }

  async function remove(instance: string): Promise<void> {
    const member = memberOf(instance);
    const folder = join(directory, member.state.folder);
    await member.close();
    members.delete(instance);
    delete state.servers[instance];
    applyAll();
    await removeFolder(folder);
    await applySynchrony();
  }

  async function rename(instance: string, to: string): Promise<{ port: number }> {
    const member = memberOf(instance);
    if (instance === to) return { port: member.port };
    assertFree(to);
    await member.shut();
    state.servers[to] = member.state;
    delete state.servers[instance];
    members.delete(instance);
    members.set(to, member);
    member.instance = to;
    for (const server of Object.values(state.servers)) if (server.source === instance) server.source = to;
    for (const alias of Object.keys(state.aliases)) if (state.aliases[alias] === instance) state.aliases[alias] = to;
    await member.open();
    applyAll();
    return { port: member.port };
  }

  async function restoreCopy(name: string, restore: RestoreOptions, store: CopyStore): Promise<{ port: number }> {
    assertFree(restore.instance);
    const folder = freeFolder(restore.instance);
    await store.restore(name, folder, restore);
    state.servers[restore.instance] = { folder, region: restore.region };
    const member = new Member(fleet, restore.instance);
    members.set(restore.instance, member);
    await member.start();
    await member.open();
    return { port: member.port };
  }

  async function pointAlias(alias: string, instance: string): Promise<{ port: number }> {
    memberOf(instance);
    state.aliases[alias] = instance;
    const front = aliases.get(alias);
    if (!front) return { port: (await openAlias(alias)).port };
    front.apply();
    front.cut();
    return { port: front.port };
  }

  async function openAlias(alias: string): Promise<Front> {
    const nobody: Reached = { serverPort: 0, outside: 'refuse', inside: 'refuse', overloaded: false };
    const front = await openFront(state, alias, () => members.get(state.aliases[alias] ?? '')?.reached() ?? nobody);
    aliases.set(alias, front);
    return front;
  }

  /** Lets each source wait for its synchronous replicas, as long as they receive: a dead one holds up nobody. */
  async function applySynchrony(): Promise<void> {
    for (const member of members.values()) {
      if (!member.server || member.state.source !== undefined) continue;
      const waited = [...members.values()].filter(
        (other) =>
          other.state.source === member.instance &&
          other.state.synchronous &&
          other.server &&
          other.linkCondition() === 'up',
      );
      const names = waited.map(({ state: { folder } }) => `"${folder}"`).join(', ');
      if (names === member.waitsFor) continue;
      await member.waitFor(names);
    }
  }

  /** Where the product's data is: the instance that bears the primary's name, or whichever accepts writes. */
  function writableServer() {
    const writable = [...members.values()].filter(({ state: { source }, server }) => source === undefined && server);
    const named = writable.find(({ instance }) => instance === system.database.primary.instance);
    const member = named ?? writable[0];
    return member?.server && { ...member.server, instance: member.instance };
  }

  function memberOf(instance: string): Member {
    const member = members.get(instance);
    if (!member) throw new Error(`The simulated world has no database instance ${instance}.`);
    return member;
  }

  function assertFree(instance: string): void {
    if (members.has(instance)) throw new Error(`The simulated world has a database instance ${instance} already.`);
  }

  /** A folder that no server and no copy has, now or before: the first of a name has that name. */
  function freeFolder(instance: string): string {
    for (let number = 1; ; number += 1) {
      const folder = number === 1 ? instance : `${instance}-${number}`;
      const taken = Object.values(state.servers).some((server) => server.folder === folder);
      if (!taken && !existsSync(join(directory, folder))) return folder;
    }
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

/** A position in the log, as a count of bytes. */
function bytesOf(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** The fleet of a world that has never had its servers started. */
function initialFleet({ state: { rds } }: World, system: System): FleetState {
  const instances = Object.values(rds).flatMap((byName) => Object.values(byName));
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
