import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { linkCondition } from '../world/condition.ts';
import { databaseAt } from '../world/database-address.ts';
import type { WorldState } from '../world/state.ts';

/** Machine milliseconds for a connection and for a statement; a dead database must not hold a user for long. */
const TIMEOUT = 2000;
const CONNECTIONS = 10;

/** What a pod was told about its database when it started. */
export interface Connection {
  address: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** The connection of a pod, from the keys of the connection secret that it read when it started. */
export function connectionOf(
  environment: Record<string, string>,
  keys: { hostKey: string; portKey: string },
): Connection {
  return {
    address: environment[keys.hostKey] ?? '',
    port: Number(environment[keys.portKey]),
    user: environment.username ?? '',
    password: environment.password ?? '',
    database: environment.database ?? '',
  };
}

/** Asks a database as a service of one region does. */
export interface DatabaseClient {
  /**
   * Runs one SQL text and gives its rows (of several statements: none). Throws what the driver throws, and where the
   * address is unknown or its port another.
   */
  query(connection: Connection, sql: string, values?: (string | number)[]): Promise<Record<string, unknown>[]>;
}

/** The services' connections to the simulated databases, pooled by where they come from and go, and as whom. */
export class Databases {
  readonly #state: WorldState;
  readonly #timeout: number;
  readonly #pools = new Map<string, pg.Pool>();

  constructor(state: WorldState, timeout = TIMEOUT) {
    this.#state = state;
    this.#timeout = timeout;
  }

  /** As the services of this region reach databases. */
  from(region: string): DatabaseClient {
    return { query: (connection, sql, values) => this.#query(region, connection, sql, values) };
  }

  async #query(region: string, connection: Connection, sql: string, values?: (string | number)[]) {
    const client = await (await this.#pool(region, connection)).connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql, values);
      client.release();
      return rows ?? [];
    } catch (error) {
      // After a failed or unanswered statement the session is in doubt: the next user gets another.
      client.release(true);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
    this.#pools.clear();
  }

  async #pool(region: string, connection: Connection): Promise<pg.Pool> {
    const { user, password, database } = connection;
    const port = await this.#way(region, connection);
    const key = JSON.stringify([region, port, connection]);
    const known = this.#pools.get(key);
    if (known) return known;
    const pool = new pg.Pool({
      host: '127.0.0.1',
      port,
      user,
      password,
      database,
      max: CONNECTIONS,
      connectionTimeoutMillis: this.#timeout,
      query_timeout: this.#timeout,
      statement_timeout: this.#timeout,
      idleTimeoutMillis: 10_000,
      application_name: 'service',
    });
    // An idle session that the server ends is replaced by the next query.
    pool.on('error', () => {});
    // One that ends under a query fails that query; unheard, the event would end the sandbox.
    pool.on('connect', (client) => void client.on('error', () => {}));
    this.#pools.set(key, pool);
    return pool;
  }

  /** The port at which a database is reached from this region. */
  async #way(region: string, { address, port }: Connection): Promise<number> {
    const found = databaseAt(this.#state, address);
    if (!found) throw new Error(`getaddrinfo ENOTFOUND ${address}`);
    if (found.port !== port) throw new Error(`connect ECONNREFUSED ${address}:${port}`);
    const { innerPorts, aliases = {} } = this.#state.databases ?? {};
    const name = address in aliases ? address : found.instance.identifier;
    if (found.instance.region === region) return innerPorts?.[name] ?? port;
    const condition = linkCondition(this.#state, region, found.instance.region);
    if (condition === 'refuse') throw new Error(`connect ECONNREFUSED ${address}:${port}`);
    if (condition === 'up') return port;
    await sleep(this.#timeout, undefined, { ref: false });
    throw new Error('timeout exceeded when trying to connect');
  }
}
