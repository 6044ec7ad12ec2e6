import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { System } from '../../src/domain/system.ts';
import { stopServer } from '../../src/store/embedded/server.ts';
import type { World } from '../world/world.ts';
import { type Condition, type Gate, openGate } from './gate.ts';
import { createLateLine } from './late-line.ts';
import { type Passwords, SUPERUSER } from './roles.ts';
import {
  copyForStandby,
  type DatabaseServer,
  dataDirectoryOf,
  makePrimary,
  pointAtLink,
  removeServers,
  runServer,
  stopLeftovers,
} from './servers.ts';

/** The system's two database servers, as the simulated world has them. */
export interface Databases {
  /** Where clients reach each instance, by its identifier: what RDS describes. */
  endpoints: Record<string, { host: '127.0.0.1'; port: number }>;
  /** Makes a replica a standalone primary; resolves when it accepts writes. Repeating it is harmless. */
  promote(instance: string): Promise<void>;
  /** Asks a server as superuser, past its gate, whatever the network does: for the judge, never for the bot. */
  query<Row extends pg.QueryResultRow>(instance: string, sql: string, params?: unknown[]): Promise<Row[]>;
  /** World seconds that the oldest change under way to the replica has been held; 0 when none is. */
  lagSeconds(): number;
  /** Closes the gates and stops both servers. Their folder stays. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Disposable folder of these servers alone. */
  directory: string;
  system: System;
  passwords: Passwords;
  /** Port of each instance's gate; free ones are taken where none is given. */
  ports?: Record<string, number>;
  /** Go on with the servers that are in `directory`, made with the same passwords; otherwise all is made anew. */
  reuse?: boolean;
}

/**
 * Starts a primary and a replica in real streaming replication, each in its region. Clients come to them only through
 * a gate that behaves as its region does, and the replica to the primary only through the link between the regions:
 * `region-down` hangs and `region-refuse` refuses what has an end in that region, and `replica-lag` lets changes arrive
 * that many world seconds late. The servers die with this process; what a crash of the machine leaves is removed at
 * the next start.
 */
export async function startDatabases(world: World, options: DatabaseOptions): Promise<Databases> {
  const { directory, system, passwords } = options;
  const { primary, replica } = system.database;
  const instances = [primary.instance, replica.instance];
  await mkdir(directory, { recursive: true });
  await stopLeftovers(directory, instances);
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const { primaryServer, replicaServer, link } = await startServers();
    const gates = [await gateTo(primaryServer, primary.region), await gateTo(replicaServer, replica.region)];
    const faultSwitched = () => {
      for (const gate of [...gates, link]) gate.apply();
    };
    world.on('fault', faultSwitched);
    closers.push(async () => world.off('fault', faultSwitched));
    const pools = new Map([primaryServer, replicaServer].map((server) => [server.instance, openPool(server)]));
    return {
      endpoints: Object.fromEntries(gates.map(({ instance, port }) => [instance, { host: '127.0.0.1', port }])),
      promote: (instance) => promote(poolOf(pools, instance)),
      query: async (instance, sql, params) => (await poolOf(pools, instance).query(sql, params)).rows,
      lagSeconds: link.heldSeconds,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }

  async function startServers() {
    const reuse =
      options.reuse === true &&
      instances.every((name) => existsSync(join(dataDirectoryOf(directory, name), 'PG_VERSION')));
    if (!reuse) await removeServers(directory, instances);
    const primaryServer = reuse
      ? await runServer(directory, primary.instance)
      : await makePrimary(directory, primary.instance, system, passwords, world.state.startedAt);
    closers.push(() => stopServer(primaryServer.dataDirectory, 'immediate'));
    const link = await openLink(primaryServer.port);
    if (!reuse) await copyForStandby(primaryServer, directory, replica.instance, passwords);
    await pointAtLink(directory, replica.instance, link.port, passwords);
    const replicaServer = await runServer(directory, replica.instance);
    closers.push(() => stopServer(replicaServer.dataDirectory, 'immediate'));
    return { primaryServer, replicaServer, link };
  }

  async function openLink(serverPort: number) {
    const delaySeconds = () => world.state.faults.find((fault) => fault.name === 'replica-lag')?.seconds ?? 0;
    const line = createLateLine(world.clock, delaySeconds);
    const condition = () => worse(world.regionCondition(primary.region), world.regionCondition(replica.region));
    const gate = await openGate({ serverPort, condition: condition(), toClient: line.carry });
    closers.push(() => gate.close());
    const apply = () => {
      gate.apply(condition());
      line.wake();
    };
    return { port: gate.port, apply, heldSeconds: line.heldSeconds };
  }

  async function gateTo(server: DatabaseServer, region: string) {
    const port = options.ports?.[server.instance];
    const condition = () => world.regionCondition(region);
    const gate: Gate = await openGate({
      serverPort: server.port,
      condition: condition(),
      ...(port === undefined ? {} : { port }),
    });
    closers.push(() => gate.close());
    return { instance: server.instance, port: gate.port, apply: () => gate.apply(condition()) };
  }

  function openPool(server: DatabaseServer): pg.Pool {
    const pool = new pg.Pool({
      host: '127.0.0.1',
      port: server.port,
      user: SUPERUSER,
      password: passwords.superuser,
      database: system.database.name,
      max: 3,
    });
    pool.on('error', () => undefined);
    closers.push(() => pool.end());
    return pool;
  }
}

/** A link hangs when either end does, and is refused when nothing hangs. */
function worse(one: Condition, other: Condition): Condition {
  if (one === 'hang' || other === 'hang') return 'hang';
  return one === 'up' ? other : one;
}

function poolOf(pools: Map<string, pg.Pool>, instance: string): pg.Pool {
  const pool = pools.get(instance);
  if (!pool) throw new Error(`The simulated world has no database instance ${instance}.`);
  return pool;
}

async function promote(pool: pg.Pool): Promise<void> {
  // A server that is none any more refuses pg_promote, so it is only asked of one that is in recovery.
  const sql = 'SELECT CASE WHEN pg_is_in_recovery() THEN pg_promote(true, 60) ELSE true END AS done';
  const { rows } = await pool.query<{ done: boolean }>(sql);
  if (rows[0]?.done !== true) throw new Error('The replica did not become a primary within 60 s.');
}
