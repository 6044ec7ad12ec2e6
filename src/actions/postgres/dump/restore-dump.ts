import pg from 'pg';
import { z } from 'zod';
import { computing } from '../../../adapters/aws/checksum.ts';
import type { Clients } from '../../../adapters/index.ts';
import type { PostgresSession } from '../../../adapters/postgres/index.ts';
import { type Change, defineAction, type RunContext } from '../../../domain/action.ts';
import { Permanent } from '../../../domain/errors.ts';
import { backupsOf } from '../../s3/find-backup.ts';
import { anotherPoint } from '../another-point.ts';
import { atPlace, instanceOf, nameOf } from '../place.ts';
import { datedDatabase, endSessionsIn, findDatabase, MAINTENANCE } from './database.ts';
import { readDump } from './read-dump.ts';
import { sendStatements } from './send-statements.ts';

const Output = z.object({
  /** Name of the new database, on the server of the primary. */
  database: z.string(),
  key: z.string(),
  /** COPY blocks that were read: tables with rows. */
  tables: z.int(),
});

/** Oids below this belong to PostgreSQL itself (FirstNormalObjectId). */
const FIRST_OWN_OID = 16_384;
/** Machine milliseconds for one statement: building the index of a large table takes long. */
const LONGEST_STATEMENT = 2 * 3_600_000;

export const restoreDump = (clients: Clients) =>
  defineAction({
    id: 'postgres.restore-dump',
    summary: 'Restore a dump from S3 as a new database, beside the damaged one on the same server',
    effect: 'reversible',
    input: z.strictObject({
      /** Of the dump, in the bucket of system.yaml. */
      key: z.string().min(1),
      /** Name of the new database; absent: `<database>_restore_<yyyymmdd>_<hhmm>`. */
      database: z.string().min(1).optional(),
    }),
    output: Output,
    repeat:
      'It writes into a database of its own that says which step made it; one worker at a time holds its lock, one that was left half made is dropped and made anew, and one that is complete is left alone.',
    permissions: {
      iam: ['s3:GetObject (backups)', 'rds:DescribeDBInstances'],
      sql: ['CONNECT', 'CREATEDB', 'SET on database.applicationUsers, who own what a dump holds', 'pg_signal_backend'],
    },
    examples: [{ title: 'The dump of a night', with: { key: 'database-backups/chatbot_20241201_020000.sql.gz' } }],
    dependsOn: (_input, { database, backups }) => [
      { region: database.primary.region },
      ...(backups ? [{ region: backups.region }] : []),
    ],
    writes: (_input, system) => [lockOf(system)],
    // A few MB/s of rows, and the indexes.
    expectedSeconds: () => 600,
    withoutUndo: 'the restored database stays beside the old one, and harms nobody, until a person drops it',
    observedBy: [],
    observe: async () => ({ facts: {}, measurements: {} }),
    change: (_observed, { key, database }, { system }) => ({
      changes: [changeOf(database ?? `${system.database.name}_restore_…`, key)],
    }),
    async run(context, { key, database }) {
      const name = database ?? datedDatabase(context.system.database.name, 'restore', context.firstAttemptAt);
      if (name === context.system.database.name) {
        throw new Permanent(
          'dump.overwrites',
          `A dump is restored beside ${name}, never over it. Name another database.`,
        );
      }
      const changes: Change[] = [changeOf(name, key)];
      const tables = await context.waitUntil(() =>
        atPlace(
          clients,
          context,
          { database: MAINTENANCE },
          (session) =>
            restoreUnderLock(clients, context, session, { name, isOwn: database === undefined, key, changes }),
          { statementTimeoutMs: LONGEST_STATEMENT },
        ),
      );
      return { outputs: { database: name, key, tables }, changes };
    },
  });

function lockOf(system: RunContext['system']): string {
  const { region, instance } = instanceOf({}, system);
  return `rds/${region}/${instance}/restored`;
}

function changeOf(name: string, key: string): Change {
  return { what: `Database ${name}`, before: 'does not exist', after: `what ${key} holds` };
}

interface Restoring {
  name: string;
  /** The name is this step's own: nobody else makes a database of it. */
  isOwn: boolean;
  key: string;
  changes: Change[];
}

/** Undefined while another worker restores it. The lock ends with the session, and so with its holder. */
async function restoreUnderLock(
  clients: Clients,
  context: RunContext,
  session: PostgresSession,
  { name, isOwn, key, changes }: Restoring,
): Promise<number | undefined> {
  const { signal, operationId } = context;
  await context.assertLease();
  const [lock] = await session.query(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
    [`lifeboat restore ${name}`],
    signal,
  );
  if (lock?.held !== true) return undefined;
  const found = await findDatabase(session, name, signal);
  const complete = completeMark(operationId, key);
  if (found?.comment.startsWith(complete)) return Number(found.comment.slice(complete.length));
  // Between CREATE and COMMENT it says nothing yet, and holds nothing: dropping an empty one harms nobody.
  const isUnmarked = isOwn && found?.comment === '' && (await isEmpty(clients, context, name));
  if (found && !isUnmarked && !found.comment.startsWith(begunMark(operationId))) {
    const sentence = `There is a database ${name} already, which this step did not make. Drop or rename it, then retry.`;
    throw new Permanent('dump.database-exists', sentence);
  }
  const quoted = pg.escapeIdentifier(name);
  // Noted first: a statement whose answer is lost may have been carried out.
  context.changed(changes);
  await context.assertLease();
  if (found) {
    await endSessionsIn(session, name, signal);
    await session.query(`DROP DATABASE ${quoted}`, [], signal);
  }
  await session.query(`CREATE DATABASE ${quoted}`, [], signal);
  await comment(session, quoted, begunMark(operationId), signal);
  const tables = await fill(clients, context, name, key);
  await context.assertLease();
  await comment(session, quoted, `${complete}${tables}`, signal);
  return tables;
}

/** True when a database holds no data: what extensions bring with the template does not count. */
async function isEmpty(clients: Clients, context: RunContext, database: string): Promise<boolean> {
  const sql = `SELECT NOT EXISTS (SELECT FROM pg_class WHERE oid >= ${FIRST_OWN_OID} AND relkind IN ('r', 'p', 'm', 'S', 'f'))
                     AND NOT EXISTS (SELECT FROM pg_largeobject_metadata) AS empty`;
  const [row] = await atPlace(clients, context, { database }, (session) => session.query(sql, [], context.signal));
  return row?.empty === true;
}

/** Reads the dump into the empty database; gives its COPY blocks. */
async function fill(clients: Clients, context: RunContext, name: string, key: string): Promise<number> {
  const { system, systemName, signal } = context;
  const { region, bucket } = backupsOf(system, systemName);
  const { checksum } = await clients.aws.s3.head({ region, bucket, key }, signal);
  const computed = computing(checksum);
  const content = await clients.aws.s3.read({ region, bucket, key }, signal);
  async function* hashed() {
    for await (const chunk of content) {
      computed?.update(chunk);
      yield chunk;
    }
  }
  let tables = 0;
  const place = { database: name };
  await atPlace(
    clients,
    context,
    place,
    async (session) => {
      // Who owns a table must be able to create one there.
      const owners = system.database.applicationUsers.map(pg.escapeIdentifier).join(', ');
      await session.query(`GRANT CREATE, USAGE ON SCHEMA public TO ${owners}`, [], signal);
      await readDump(hashed(), {
        statements: (sql) => sendStatements(session, sql, signal),
        async rows(copy, lines) {
          context.progress(`${nameOf(place, system)}: ${copy.replace(/ \(.*$/, '')}`);
          await session.copyIn(copy, lines, signal);
          tables += 1;
        },
      });
    },
    { statementTimeoutMs: LONGEST_STATEMENT },
  );
  if (computed?.isSame() === false) {
    throw new Permanent(
      'dump.checksum',
      `${key} is not what was uploaded (${checksum?.kind}). ${anotherPoint(context)}`,
    );
  }
  return tables;
}

async function comment(session: PostgresSession, quoted: string, text: string, signal: AbortSignal): Promise<void> {
  await session.query(`COMMENT ON DATABASE ${quoted} IS ${pg.escapeLiteral(text)}`, [], signal);
}

function begunMark(operationId: string): string {
  return `Lifeboat ${operationId}: being restored`;
}

function completeMark(operationId: string, key: string): string {
  return `Lifeboat ${operationId}: restored from ${key}, tables: `;
}
