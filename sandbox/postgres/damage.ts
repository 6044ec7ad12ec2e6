import { open } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Fault, FaultName, WorldState } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { killEntries, PAGE_SIZE, type Page } from './page.ts';
import { type Passwords, SUPERUSER } from './roles.ts';
import type { DatabaseServer } from './servers.ts';

/** What was done to a database, for whoever compares: nothing of it is undone when the fault is switched off. */
export interface Damage {
  fault: FaultName;
  instance: string;
  /** World time (epoch milliseconds) just before: the last moment at which the data was as it should be. */
  before: number;
}

/** What destroys data once, at the moment at which a server accepts writes. */
const DAMAGING: readonly FaultName[] = ['corrupted-index', 'corrupted-table', 'deleted-rows'];

/** Faults that are on and have found no server to damage yet. Pure. */
export function waitingDamages({ faults, damages = [] }: Pick<WorldState, 'faults' | 'damages'>): Fault[] {
  return faults.filter(
    ({ name, since }) =>
      DAMAGING.includes(name) && !damages.some(({ fault, before }) => fault === name && before >= since),
  );
}

/** A server, and the identifier of the instance that it stands behind now. */
type NamedServer = DatabaseServer & { instance: string };

/** The index that people are found by when they sign in. */
const INDEX = 'users_email_key';
/** Whoever signs in is read from it. */
const TABLE = 'users';
/** The page with the oldest users, the test user among them: full, and nobody writes there any more. */
const BLOCK = 0;
/** The account of the test user is among those that are deleted. */
const DELETED = 'id <= 40';

/**
 * Damages the database really as soon as `corrupted-index`, `corrupted-table` or `deleted-rows` is switched on. A damaged
 * file is the damage of one server; deleted rows are gone in every replica. `server` is the one that accepts writes; while
 * none does, the damage waits for the first that does (`catchUp` looks), as long as its fault is on.
 */
export function damageOnFault(
  world: World,
  options: { database: string; passwords: Passwords; server(): NamedServer | undefined },
): { catchUp(): void; close(): Promise<void> } {
  const damages: Partial<Record<FaultName, (server: DatabaseServer) => Promise<void>>> = {
    'corrupted-index': (server) => damageFile(server, INDEX, 'each', (page) => killEntries(page.content)),
    'corrupted-table': (server) => damageFile(server, TABLE, BLOCK, ({ content }) => scramble(content)),
    'deleted-rows': (server) => inSession(server, options.database, deleteUsers),
  };
  let work: Promise<unknown> = Promise.resolve();
  let closed = false;
  const catchUp = () => {
    work = work.then(async () => {
      for (const fault of waitingDamages(world.state)) await carryOut(fault);
    });
  };
  const onFault = ({ fault: { name }, on }: { fault: Fault; on: boolean }) => {
    if (on && damages[name]) catchUp();
  };
  world.on('fault', onFault);
  return {
    catchUp,
    async close() {
      closed = true;
      world.off('fault', onFault);
      await work;
    },
  };

  async function carryOut(fault: Fault): Promise<void> {
    if (closed) return;
    const server = options.server();
    if (!server) {
      fault.waits = true;
      world.touch();
      return;
    }
    const { name } = fault;
    const before = world.clock.now();
    try {
      await damages[name]?.(server);
      world.state.damages = [...(world.state.damages ?? []), { fault: name, instance: server.instance, before }];
      delete fault.waits;
      world.touch();
    } catch (error) {
      process.emitWarning(`The simulated ${name} failed: ${String(error)}`);
    }
  }

  /**
   * Changes pages of a file below the server's feet. They are written out and forgotten by the server first, and afterwards
   * again, since somebody may have read one in between; a page that nobody changes is never written back.
   */
  async function damageFile(
    server: DatabaseServer,
    relation: string,
    blocks: number | 'each',
    change: (page: Page) => 'sound' | 'broken' | 'same',
  ): Promise<void> {
    const path = await inSession(server, options.database, async (client) => {
      await client.query('CHECKPOINT');
      const { rows } = await client.query<{ path: string }>('SELECT pg_relation_filepath($1) AS path', [relation]);
      return rows[0]?.path ?? '';
    });
    await inSession(server, 'postgres', async (client) => {
      await client.query('CREATE EXTENSION IF NOT EXISTS pg_buffercache; CREATE EXTENSION IF NOT EXISTS pageinspect');
      await forget(client, path);
      const file = await open(join(server.dataDirectory, path), 'r+');
      try {
        const count = Math.floor((await file.stat()).size / PAGE_SIZE);
        const numbers = blocks === 'each' ? Array.from({ length: count }, (_, number) => number) : [blocks];
        for (const number of numbers) {
          const content = Buffer.alloc(PAGE_SIZE);
          await file.read(content, 0, PAGE_SIZE, number * PAGE_SIZE);
          const outcome = change({ content, number });
          if (outcome === 'same') continue;
          // A page that is wrong in itself but has a right checksum is believed.
          if (outcome === 'sound') await seal(client, content, number);
          await file.write(content, 0, PAGE_SIZE, number * PAGE_SIZE);
        }
      } finally {
        await file.close();
      }
      await forget(client, path);
    });
  }

  async function inSession<T>(
    server: DatabaseServer,
    database: string,
    use: (client: pg.Client) => Promise<T>,
  ): Promise<T> {
    const { port } = server;
    const password = options.passwords.superuser;
    const client = new pg.Client({ host: '127.0.0.1', port, user: SUPERUSER, password, database });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }
}

/** Lets the server forget its copies of a file's pages (`base/<database>/<file>`); those that it changed are written first. */
async function forget(client: pg.Client, path: string): Promise<void> {
  const [, database, file] = path.split('/');
  await client.query(
    `SELECT pg_buffercache_evict(bufferid) FROM pg_buffercache
      WHERE reldatabase = $1::oid AND relfilenode = $2::oid AND relforknumber = 0`,
    [database, file],
  );
}

async function seal(client: pg.Client, content: Buffer, number: number): Promise<void> {
  const { rows } = await client.query<{ checksum: number }>('SELECT page_checksum($1::bytea, $2) AS checksum', [
    content,
    number,
  ]);
  content.writeInt16LE(rows[0]?.checksum ?? 0, 8);
}

/** As a disk or a controller does that loses a sector. */
function scramble(content: Buffer): 'broken' {
  content.fill(0xa5, PAGE_SIZE - 1024, PAGE_SIZE - 512);
  return 'broken';
}

/** What a release did that switched the foreign keys off for speed. */
async function deleteUsers(client: pg.Client): Promise<void> {
  await client.query(`BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM users WHERE ${DELETED}; COMMIT`);
}
