import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { describeError, Permanent } from '../domain/errors.ts';
import type { Logger } from '../log.ts';
import { connectionConfig } from './connection.ts';
import { translateDatabaseError, translated } from './errors.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
/** Any constant: whoever migrates this schema holds this advisory lock. */
const LOCK_KEY = 5_433_827_001;

interface Migration {
  number: number;
  name: string;
  text: string;
  checksum: string;
}

interface Applied {
  number: number;
  name: string;
  checksum: string;
}

/**
 * Brings the schema `lifeboat` up to this program, forward only, each migration in a transaction of its own. Any number
 * of processes may call it at once. Throws Permanent `store.newer` when the database is ahead of the program, Permanent
 * `store.changed` when an applied migration is not the one this program knows, Retryable when there is no database.
 */
export async function migrate(connectionString: string, logger?: Logger): Promise<void> {
  const known = await readMigrations();
  await translated(() =>
    withClient(connectionString, async (client) => {
      // The one who comes second waits until the first has finished, however long that takes.
      await client.query('set statement_timeout = 0; set lock_timeout = 0');
      await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
      const applied = await readApplied(client);
      assertSameHistory(known, applied);
      for (const migration of known.slice(applied.length)) {
        await apply(client, migration);
        logger?.info({ migration: migration.name }, 'Migration applied');
      }
    }),
  );
}

/** Throws Permanent unless the database stands exactly where this program does. */
export async function assertMigrated(connectionString: string): Promise<void> {
  const known = await readMigrations();
  const applied = await translated(() => withClient(connectionString, readApplied));
  assertSameHistory(known, applied);
  const missing = known[applied.length];
  if (missing) {
    throw new Permanent('store.older', `The database lacks the migration ${missing.name}: run \`lifeboat migrate\`.`);
  }
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(new URL(file, FOLDER), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { number: Number.parseInt(file, 10), name: file.replace(/\.sql$/, ''), text, checksum };
    }),
  );
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionConfig(connectionString, 'lifeboat-migrate'));
  // The failing statement rejects as well; without a listener the event would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  const { rows: found } = await client.query<{ there: boolean }>(
    "select to_regclass('lifeboat.migrations') is not null as there",
  );
  if (!found[0]?.there) return [];
  const { rows } = await client.query<Applied>(
    'select number, name, checksum from lifeboat.migrations order by number',
  );
  return rows;
}

function assertSameHistory(known: Migration[], applied: Applied[]): void {
  for (const [index, row] of applied.entries()) {
    const migration = known[index];
    if (!migration) {
      throw new Permanent(
        'store.newer',
        `The database is newer than this program: it has the migration ${row.name}, the program knows ` +
          `${known.length}. Start the newer Lifeboat, or give this one a database of its own.`,
      );
    }
    if (migration.checksum !== row.checksum || migration.number !== row.number) {
      throw new Permanent(
        'store.changed',
        `The migration ${row.name} in the database is not the ${migration.name} of this program: an applied ` +
          'migration must never be edited, so use the program that made this database.',
      );
    }
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    // Asked first because a role without CREATE on the database may use a schema that was made for it.
    await client.query(`do $$ begin
      if to_regnamespace('lifeboat') is null then create schema lifeboat; end if;
    end $$`);
    await client.query(`create table if not exists lifeboat.migrations (
      number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now()
    )`);
    await client.query(migration.text);
    await client.query('insert into lifeboat.migrations (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    if (translateDatabaseError(error) instanceof Permanent) {
      throw new Permanent(
        'store.migration-failed',
        `The migration ${migration.name} failed and was taken back: ${describeError(error)}.`,
        { cause: error },
      );
    }
    throw error;
  }
}
