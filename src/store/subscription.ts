import { Socket } from 'node:net';
import pg from 'pg';
import { describeError } from '../domain/errors.ts';
import type { Logger } from '../log.ts';
import { APPEND_CHANNEL } from './append.ts';
import { connectionConfig } from './connection.ts';
import type { Database } from './database.ts';
import { translated } from './errors.ts';

/** Machine milliseconds. */
const HEARTBEAT = 5_000;
const FIRST_RETRY = 100;
const LONGEST_RETRY = 5_000;

interface Parts {
  connectionString: string;
  database: Database;
  logger: Logger;
  onAppend: (incident: string, sequence: number) => void;
}

/**
 * Listens for appends on a connection of its own and reconnects by itself. After a gap it calls back for every open
 * incident, and for those that were open before the gap, because what happened in it was not heard.
 */
export class AppendSubscription {
  readonly #parts: Parts;
  readonly #closing = new AbortController();
  /** Incidents that may have changed while nobody listened. */
  readonly #followed = new Set<string>();
  /** The connection that is made or listened on; destroyed to end either. */
  #socket: Socket | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #listening = false;
  #reconnecting: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Resolves when every later append will be heard; throws Retryable `store.unavailable` when it cannot begin. */
  async start(): Promise<void> {
    await translated(() => this.#listen());
    for (const { id } of await this.#heads()) this.#followed.add(id);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#heartbeat);
    this.#socket?.destroy();
    await this.#reconnecting;
  }

  async #listen(): Promise<void> {
    this.#closing.signal.throwIfAborted();
    const socket = new Socket();
    this.#socket = socket;
    const client = new pg.Client({
      ...connectionConfig(this.#parts.connectionString, 'lifeboat-listen'),
      stream: () => socket,
    });
    // 'end' always follows; without a listener 'error' would end the process.
    client.on('error', () => {});
    client.on('notification', ({ payload }) => this.#heard(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${APPEND_CHANNEL}`);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    this.#listening = true;
    client.on('end', () => this.#lost());
    if (socket.destroyed) this.#lost();
    else this.#heartbeat = setInterval(() => beat(client, socket), HEARTBEAT);
  }

  #lost(): void {
    clearInterval(this.#heartbeat);
    this.#listening = false;
    // While a reconnection is under way, it finds out by itself.
    if (this.#closing.signal.aborted || this.#reconnecting) return;
    this.#parts.logger.warn('Journal subscription lost');
    this.#reconnecting = this.#reconnect().finally(() => {
      this.#reconnecting = undefined;
      if (!this.#listening) this.#lost();
    });
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#closing;
    for (let wait = FIRST_RETRY; !signal.aborted; wait = Math.min(LONGEST_RETRY, wait * 2)) {
      try {
        await this.#listen();
        await this.#catchUp();
        this.#parts.logger.info('Journal subscription restored');
        return;
      } catch (error) {
        this.#socket?.destroy();
        this.#parts.logger.debug({ reason: describeError(error) }, 'Journal subscription not restored yet');
      }
      await pause(wait * (0.5 + Math.random()), signal);
    }
  }

  async #catchUp(): Promise<void> {
    const heads = await this.#heads();
    this.#followed.clear();
    for (const { id, head_sequence: sequence, status } of heads) {
      if (status === 'open') this.#followed.add(id);
      this.#tell(id, sequence);
    }
  }

  #heads() {
    const followed = [...this.#followed];
    return this.#parts.database.query((tables) =>
      tables
        .selectFrom('lifeboat.incidents')
        .select(['id', 'head_sequence', 'status'])
        .where((row) =>
          row.or([row('status', '=', 'open'), ...(followed.length > 0 ? [row('id', 'in', followed)] : [])]),
        )
        .orderBy('number')
        .execute(),
    );
  }

  #heard(payload: string): void {
    const colon = payload.lastIndexOf(':');
    const incident = payload.slice(0, colon);
    this.#followed.add(incident);
    this.#tell(incident, Number(payload.slice(colon + 1)));
  }

  #tell(incident: string, sequence: number): void {
    try {
      this.#parts.onAppend(incident, sequence);
    } catch (error) {
      this.#parts.logger.error({ incident, sequence, reason: describeError(error) }, 'Journal subscriber failed');
    }
  }
}

/** A server that is gone says nothing; its silence must not be taken for peace. */
function beat(client: pg.Client, socket: Socket): void {
  const silence = setTimeout(() => socket.destroy(), HEARTBEAT);
  client.query('select 1').then(
    () => clearTimeout(silence),
    () => clearTimeout(silence),
  );
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
