import { Socket } from 'node:net';
import pg from 'pg';

/** Machine milliseconds. A server that is gone hangs rather than refuses, so every wait has an end. */
const CONNECT_TIMEOUT = 3_000;
const STATEMENT_TIMEOUT = 10_000;
const LOCK_TIMEOUT = 5_000;
/** Longer than a statement may take: no byte for this long means that the server is gone. */
const SILENCE_TIMEOUT = 13_000;
/** Shorter than the silence timeout, so that the pool closes an idle connection before its socket does. */
const IDLE_TIMEOUT = 10_000;
const INT8 = 20;

/** What every connection of the store has in common; `bigint` comes as a number (safe below 2^53). */
export function connectionConfig(connectionString: string, name: string): pg.ClientConfig {
  return {
    connectionString,
    application_name: name,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    statement_timeout: STATEMENT_TIMEOUT,
    lock_timeout: LOCK_TIMEOUT,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT,
    keepAlive: true,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format),
    } as pg.CustomTypesConfig,
  };
}

/** A pool whose connections break, rather than hang, when the server stops answering. */
export function createPool(connectionString: string, max: number, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    ...connectionConfig(connectionString, 'lifeboat'),
    max,
    idleTimeoutMillis: IDLE_TIMEOUT,
    stream: () => {
      const socket = new Socket();
      socket.setTimeout(SILENCE_TIMEOUT, () => {
        socket.destroy(Object.assign(new Error('PostgreSQL has gone silent'), { code: 'ETIMEDOUT' }));
      });
      return socket;
    },
  });
  // A connection also breaks while it is in use; an 'error' without a listener would end the process.
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}
