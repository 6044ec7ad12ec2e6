import { z } from 'zod';
import { within } from '../../adapters/deadline.ts';
import type { Clients } from '../../adapters/index.ts';
import type { PostgresSession, SessionLimits } from '../../adapters/postgres/index.ts';
import { defineAction, type ObserveContext } from '../../domain/action.ts';
import { Permanent } from '../../domain/errors.ts';
import { anotherPoint } from './another-point.ts';
import { readTables, type Table } from './integrity/tables.ts';
import { atPlace, instanceOf, nameOf, type Place, placeShape } from './place.ts';

const Counts = z.record(z.string(), z.number());
type Counts = z.infer<typeof Counts>;
const Output = z.object({
  /** Rows by table, counted exactly. */
  restored: Counts,
  /** Those of the damaged database; -1 where a table is gone, cannot be read to its end, or not in time. */
  damaged: Counts,
  sentence: z.string(),
});
type Output = z.infer<typeof Output>;

/** Machine milliseconds for one count of a run. */
const LONGEST_COUNT = 10 * 60_000;
/** Machine milliseconds for all of the damaged database, which nobody waits for longer. */
const LONGEST_DAMAGED = 5 * 60_000;
/** Rows of a table that cannot be counted. */
const UNREADABLE = -1;

export const compareCounts = (clients: Clients) =>
  defineAction({
    id: 'postgres.compare-counts',
    summary: 'Count the rows of a restored database, and compare them with those of the damaged one',
    effect: 'read',
    input: z.strictObject(placeShape),
    output: Output,
    repeat: 'It only reads.',
    permissions: { iam: ['rds:DescribeDBInstances'], sql: ['CONNECT', 'SELECT on database.tables'] },
    examples: [
      {
        title: 'A restored instance',
        with: { endpoint: 'chatbot-prod-restored.c1a2b3.us-east-1.rds.amazonaws.com', port: 5432 },
      },
      { title: 'A database restored beside', with: { database: 'chatbot_restore' } },
    ],
    dependsOn: (input, system) => [{ region: instanceOf(input, system).region }],
    writes: () => [],
    expectedSeconds: () => 30,
    async observe(context, input) {
      return { facts: {}, measurements: await look(clients, context, input) };
    },
    change: () => ({ changes: [] }),
    async run(context, input) {
      const outputs = await context.waitUntil(() => look(clients, context, input, LONGEST_COUNT));
      const empty = Object.entries(outputs.restored).filter(
        ([table, count]) => count === 0 && (outputs.damaged[table] ?? 0) > 0,
      );
      if (empty.length > 0) {
        const names = empty.map(([table]) => table).join(', ');
        throw new Permanent(
          'counts.empty',
          `${nameOf(input, context.system)} has no row in ${names}, where the damaged database has some. ${anotherPoint(context)}`,
        );
      }
      return { outputs, changes: [], finding: { sentence: outputs.sentence } };
    },
  });

async function look(
  clients: Clients,
  context: ObserveContext,
  place: Place,
  statementTimeoutMs?: number,
): Promise<Output> {
  const limits = statementTimeoutMs === undefined ? {} : { statementTimeoutMs };
  const [restored, readable] = await Promise.all([
    atPlace(clients, context, place, (session) => countRows(session, context), limits),
    countDamaged(clients, context, limits),
  ]);
  const tables = Object.keys(restored);
  const damaged = Object.fromEntries(tables.map((table) => [table, readable[table] ?? UNREADABLE]));
  const lines = tables.map((table) => {
    const before = damaged[table];
    return `${table} ${restored[table]} (damaged: ${before === UNREADABLE ? 'cannot be counted' : before})`;
  });
  return { restored, damaged, sentence: `${nameOf(place, context.system)} has ${lines.join(', ')}.` };
}

/** What can be counted of the damaged database: that it is damaged must hold nobody up. */
async function countDamaged(clients: Clients, context: ObserveContext, limits: SessionLimits): Promise<Counts> {
  const counts: Counts = {};
  const { system } = context;
  const signal = within(LONGEST_DAMAGED, context.signal);
  try {
    await atPlace(
      clients,
      { ...context, signal },
      {},
      async (session) => {
        await readPages(session, signal);
        for (const table of await readTables(session, undefined, signal)) {
          const { tables } = system.database;
          if (tables && !tables.includes(plainName(table))) continue;
          // The connection may be lost with the table; the next one then fails as well.
          counts[plainName(table)] = await countTable(session, table, signal).catch(() => UNREADABLE);
        }
      },
      limits,
    );
  } catch {
    context.signal.throwIfAborted();
  }
  return counts;
}

/** By table without its schema. */
async function countRows(session: PostgresSession, { system, signal }: ObserveContext): Promise<Counts> {
  await readPages(session, signal);
  const counts: Counts = {};
  for (const table of await readTables(session, system.database.tables, signal)) {
    counts[plainName(table)] = await countTable(session, table, signal);
  }
  return counts;
}

/** Every page is read: the index alone would count rows that cannot be read. */
async function readPages(session: PostgresSession, signal: AbortSignal): Promise<void> {
  await session.query(
    "SELECT set_config('enable_indexonlyscan', 'off', false), set_config('enable_indexscan', 'off', false)",
    [],
    signal,
  );
}

const Rows = z.tuple([z.object({ rows: z.coerce.number() })]);

async function countTable(session: PostgresSession, { name }: Table, signal: AbortSignal): Promise<number> {
  return Rows.parse(await session.query(`SELECT count(*) AS rows FROM ${name}`, [], signal))[0].rows;
}

function plainName({ name }: Table): string {
  return name.replace(/^public\./, '');
}
