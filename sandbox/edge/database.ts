import pg from 'pg';
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

/** The services' connections to the simulated databases, pooled by where they go and as whom. */
export class Databases {
  readonly #state: WorldState;
  readonly #pools = new Map<string, pg.Pool>();

  constructor(state: WorldState) {
    this.#state = state;
  }

  /**
   * Runs one SQL text and gives its rows (of several statements: none). Throws what the driver throws, and where the address
   * is unknown or its port another.
   */
  async query(connection: Connection, sql: string, values?: (string | number)[]): Promise<Record<string, unknown>[]> {
    const client = await this.#pool(connection).connect();
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

  #pool(connection: Connection): pg.Pool {
    const { address, port, user, password, database } = connection;
    const instance = Object.values(this.#state.rds)
      .flatMap((instances) => Object.values(instances))
      .find((other) => other.address === address);
    if (!instance) throw new Error(`getaddrinfo ENOTFOUND ${address}`);
    if (instance.port !== port) throw new Error(`connect ECONNREFUSED ${address}:${port}`);
    const key = JSON.stringify(connection);
    const known = this.#pools.get(key);
    if (known) return known;
    const pool = new pg.Pool({
      host: '127.0.0.1',
      port,
      user,
      password,
      database,
      max: CONNECTIONS,
      connectionTimeoutMillis: TIMEOUT,
      query_timeout: TIMEOUT,
      statement_timeout: TIMEOUT,
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
}
