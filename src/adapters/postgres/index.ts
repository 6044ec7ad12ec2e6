import { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { abortable, within } from '../deadline.ts';
import type { Dns } from '../dns/index.ts';
import { fieldsOf } from '../failure.ts';
import { translatePostgresError } from './errors.ts';
import { type TlsMode, tlsOptions } from './tls.ts';

export interface PostgresTarget {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
}

export type Row = Record<string, unknown>;

/** One connection. After an error that is Retryable it is of no more use: close it and open another. */
export interface PostgresSession {
  /** One statement, ended on both sides after the statement timeout. */
  query(sql: string, values: unknown[], signal: AbortSignal): Promise<Row[]>;
  /** Sends the lines of `COPY … FROM stdin` as they come; throws what the server or `lines` throws. */
  copyIn(sql: string, lines: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** False once the connection was lost. */
  usable(): boolean;
  close(): void;
}

export interface Postgres {
  /** Throws Retryable (`postgres.timeout`, `.unreachable`) or Permanent (`postgres.sign-in-refused`, …). */
  connect(target: PostgresTarget, signal: AbortSignal, limits?: SessionLimits): Promise<PostgresSession>;
  /** Opens a connection, lets `work` use it, and closes it whatever happens. */
  use<T>(
    target: PostgresTarget,
    signal: AbortSignal,
    work: (session: PostgresSession) => Promise<T>,
    limits?: SessionLimits,
  ): Promise<T>;
}

export interface SessionLimits {
  /** Machine milliseconds for one statement where it is to take longer than usual: a check, a restore. */
  statementTimeoutMs?: number;
}

export interface PostgresSettings {
  dns: Dns;
  tls: TlsMode;
  /** Machine milliseconds until a connection is ready, the name's resolution included. */
  connectTimeoutMs: () => number;
  /** Machine milliseconds for one statement. */
  statementTimeoutMs: () => number;
}

export function createPostgres(settings: PostgresSettings): Postgres {
  const connect = async (
    target: PostgresTarget,
    signal: AbortSignal,
    { statementTimeoutMs }: SessionLimits = {},
  ): Promise<PostgresSession> => {
    const limited =
      statementTimeoutMs === undefined ? settings : { ...settings, statementTimeoutMs: () => statementTimeoutMs };
    const subject = `PostgreSQL at ${target.host}`;
    const deadline = within(settings.connectTimeoutMs(), signal);
    try {
      const address = await settings.dns.address(target.host, deadline);
      return await open(limited, target, address, deadline);
    } catch (error) {
      throw translatePostgresError(error, subject);
    }
  };
  return {
    connect,
    async use(target, signal, work, limits) {
      const session = await connect(target, signal, limits);
      try {
        return await work(session);
      } finally {
        session.close();
      }
    },
  };
}

async function open(
  settings: PostgresSettings,
  target: PostgresTarget,
  address: string,
  signal: AbortSignal,
): Promise<PostgresSession> {
  try {
    return await openOnce(settings, target, address, signal, settings.tls !== 'disable');
  } catch (error) {
    const refused = fieldsOf(error).message.startsWith('The server does not support SSL');
    if (!refused || settings.tls !== 'prefer') throw error;
    return openOnce(settings, target, address, signal, false);
  }
}

async function openOnce(
  { tls, statementTimeoutMs }: PostgresSettings,
  { host, port, database, user, password }: PostgresTarget,
  address: string,
  signal: AbortSignal,
  encrypted: boolean,
): Promise<PostgresSession> {
  const socket = new Socket();
  const client = new pg.Client({
    host: address,
    port,
    database,
    user,
    password,
    application_name: 'lifeboat',
    statement_timeout: statementTimeoutMs(),
    query_timeout: statementTimeoutMs(),
    stream: () => socket,
    ssl: encrypted && tlsOptions(tls, host),
  });
  let lost = false;
  // A server that hangs answers no goodbye either, so that the socket is closed, not the session ended.
  const close = () => {
    lost = true;
    socket.destroy();
  };
  client.on('error', close);
  client.on('end', close);
  try {
    await abortable(client.connect(), signal, close);
  } catch (error) {
    close();
    throw error;
  }
  return {
    async query(sql, values, querySignal) {
      try {
        return (await abortable(client.query<Row>(sql, values), querySignal, close)).rows;
      } catch (error) {
        throw translatePostgresError(error, `PostgreSQL at ${host}`);
      }
    },
    async copyIn(sql, lines, copySignal) {
      try {
        await abortable(pipeline(lines, client.query(copyFrom(sql)), { signal: copySignal }), copySignal, close);
      } catch (error) {
        throw translatePostgresError(error, `PostgreSQL at ${host}`);
      }
    },
    usable: () => !lost,
    close,
  };
}
